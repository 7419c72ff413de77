import type { ComponentProps } from 'react';
import { TextField } from './fields.tsx';

type CodeFieldProps = Omit<ComponentProps<typeof TextField>, 'name' | 'isCode'>;

/** Six digits that an app on a phone shows for half a minute. */
export const CodeField = (props: CodeFieldProps) => (
  <TextField
    name="totp_code"
    autoComplete="one-time-code"
    inputMode="numeric"
    isCode
    maxLength={7}
    placeholder="123 456"
    {...props}
  />
);
