import { Glyph } from '../glyphs/glyph.tsx';
import { SecretField } from './secret-field.tsx';

interface NewPasswordProps {
  readonly label?: string;
  readonly least: number;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly error?: string | null | undefined;
  readonly autoFocus?: boolean;
}

/** A password that is chosen, with the one rule that it must keep, and whether it keeps it. */
export function NewPassword({ label = 'Password', least, value, ...rest }: NewPasswordProps) {
  const missing = least - value.length;
  const isLong = missing <= 0;
  const hint = (
    <span className="rule" data-kept={isLong}>
      <Glyph look={isLong ? { shape: 'discTick', tone: 'ok' } : { shape: 'ringDashed', tone: 'mute' }} />
      {value === '' || isLong
        ? `${least} characters or more. A few words are good.`
        : `${missing} more: ${least} characters at least. A few words are good.`}
    </span>
  );
  return (
    <SecretField
      {...rest}
      label={label}
      what="password"
      name="new_password"
      autoComplete="new-password"
      maxLength={200}
      value={value}
      hint={hint}
    />
  );
}
