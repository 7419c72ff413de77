import './form.css';
import { type ReactNode, type Ref, useId, useState } from 'react';
import { Icon } from '../glyphs/icon.tsx';
import { FormError } from './fields.tsx';

interface SecretFieldProps {
  readonly label: string;
  /** What it is called by the button that shows it: `password`. */
  readonly what: string;
  /** Password managers go by these two. */
  readonly name: string;
  readonly autoComplete: 'current-password' | 'new-password' | 'off';
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: ReactNode;
  readonly error?: string | null | undefined;
  /** It is wrong, and the words for that stand elsewhere. */
  readonly errorId?: string | undefined;
  readonly isCode?: boolean;
  readonly autoFocus?: boolean;
  readonly maxLength?: number;
  readonly ref?: Ref<HTMLInputElement>;
}

/** Something secret to type or paste: hidden until it is asked for. */
export function SecretField(props: SecretFieldProps) {
  const { label, what, value, onChange, hint, error = null, errorId, isCode = false, ...input } = props;
  const [isShown, setShown] = useState(false);
  const id = useId();
  const ownErrorId = `${id}-error`;
  const isBad = error !== null || errorId !== undefined;
  const described = [errorId ?? (error !== null && ownErrorId), hint !== undefined && `${id}-hint`];
  return (
    <div className="form-row">
      <label htmlFor={id}>{label}</label>
      <div className="field" data-bad={isBad}>
        <input
          {...input}
          id={id}
          className={isCode ? 'mono' : ''}
          type={isShown ? 'text' : 'password'}
          autoCapitalize="off"
          spellCheck={false}
          value={value}
          aria-invalid={isBad}
          aria-describedby={described.filter(Boolean).join(' ') || undefined}
          onChange={(event) => onChange(event.target.value)}
        />
        <button
          type="button"
          className="icon-btn"
          aria-label={`${isShown ? 'Hide' : 'Show'} the ${what}`}
          aria-pressed={isShown}
          onClick={() => setShown(!isShown)}
        >
          <Icon name={isShown ? 'eyeOff' : 'eye'} />
        </button>
      </div>
      {error !== null && <FormError id={ownErrorId} words={error} />}
      {hint !== undefined && (
        <div className="hint" id={`${id}-hint`}>
          {hint}
        </div>
      )}
    </div>
  );
}
