import type { ComponentPropsWithRef, MouseEvent } from 'react';
import { Glyph } from './glyphs/glyph.tsx';

interface ButtonProps extends ComponentPropsWithRef<'button'> {
  readonly kind?: 'primary' | 'secondary' | 'quiet' | 'plain' | 'danger';
  readonly size?: 'row' | 'large';
  /** Why it cannot be pressed now. It stays reachable, says so, and does nothing. */
  readonly off?: string | null;
  /** It has been pressed and the answer is not there yet. */
  readonly isBusy?: boolean;
  readonly busyWord?: string;
  /** It has just appeared and takes no press yet. */
  readonly 'data-arming'?: boolean;
  readonly 'data-testid'?: string;
}

const KINDS = {
  primary: 'btn-go',
  secondary: '',
  quiet: 'btn-quiet',
  plain: 'btn-plain',
  danger: 'btn-danger',
} as const;

export function Button({
  kind = 'secondary',
  size = 'row',
  off = null,
  isBusy = false,
  busyWord = 'Sending',
  className = '',
  children,
  onClick,
  title,
  ...rest
}: ButtonProps) {
  const isOff = off !== null || isBusy;
  const press = (event: MouseEvent<HTMLButtonElement>) => {
    if (isOff || rest['data-arming']) event.preventDefault();
    else onClick?.(event);
  };
  return (
    <button
      type="button"
      {...rest}
      className={`btn ${KINDS[kind]} ${size === 'large' ? 'btn-lg' : ''} ${className}`}
      aria-disabled={isOff || rest['data-arming'] || undefined}
      aria-busy={isBusy || undefined}
      title={off ?? title}
      onClick={press}
    >
      {isBusy ? (
        <>
          <Glyph look={{ shape: 'half', tone: 'acc', isTurning: true }} />
          {busyWord}
        </>
      ) : (
        children
      )}
    </button>
  );
}
