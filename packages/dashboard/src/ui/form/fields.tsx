import './form.css';
import { type ComponentPropsWithRef, type ReactNode, useId } from 'react';
import { Glyph } from '../glyphs/glyph.tsx';

interface TextFieldProps extends Omit<ComponentPropsWithRef<'input'>, 'onChange'> {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  /** What is wrong with it, or `null`. */
  readonly error?: string | null | undefined;
  /** Stands behind the value: a unit. */
  readonly unit?: string;
  /** A machine reads it. */
  readonly isCode?: boolean;
  readonly onChange: (value: string) => void;
}

/** One line to type, with its name above and what is wrong with it below. */
export function TextField({
  label,
  hint,
  error = null,
  unit,
  isCode = false,
  onChange,
  ...input
}: TextFieldProps) {
  const id = useId();
  const hintId = `${id}-hint`;
  const errorId = `${id}-error`;
  const described = [error !== null && errorId, hint !== undefined && hintId].filter(Boolean).join(' ');
  return (
    <div className="form-row">
      <label htmlFor={id}>{label}</label>
      <div className="field" data-bad={error !== null}>
        <input
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          {...input}
          id={id}
          className={isCode ? 'mono' : ''}
          aria-invalid={error !== null || undefined}
          aria-describedby={described === '' ? undefined : described}
          onChange={(event) => onChange(event.target.value)}
        />
        {unit !== undefined && <span className="unit">{unit}</span>}
      </div>
      {error !== null && <FormError id={errorId} words={error} />}
      {hint !== undefined && (
        <p className="hint" id={hintId}>
          {hint}
        </p>
      )}
    </div>
  );
}

/** What is wrong, beside what it is about. */
export function FormError({ id, words }: { id?: string; words: ReactNode }) {
  return (
    <p className="form-error" id={id} role="alert">
      <Glyph look={{ shape: 'diamond', tone: 'bad' }} /> {words}
    </p>
  );
}

interface CheckProps {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}

/** Something that is so or is not. The whole line is pressed. */
export function Check({ label, hint, isOn, onChange }: CheckProps) {
  const id = useId();
  return (
    <label className="check">
      <input
        type="checkbox"
        checked={isOn}
        aria-describedby={hint === undefined ? undefined : id}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>
        {label}
        {hint !== undefined && (
          <span className="hint" id={id}>
            {hint}
          </span>
        )}
      </span>
    </label>
  );
}

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly options: readonly (readonly [T, string])[];
  readonly value: T;
  readonly onChange: (value: T) => void;
}

/** One of a few. */
export function Choice<T extends string>({ label, options, value, onChange }: ChoiceProps<T>) {
  const name = useId();
  return (
    <fieldset className="choice">
      <legend className="sr">{label}</legend>
      <div className="seg">
        {options.map(([key, word]) => (
          <label key={key}>
            <input
              type="radio"
              className="sr"
              name={name}
              checked={key === value}
              onChange={() => onChange(key)}
            />
            {word}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
