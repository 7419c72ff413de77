import { type ComponentPropsWithRef, type ReactNode, useId } from 'react';
import { Glyph } from '../glyphs/glyph.tsx';

interface FieldProps extends Omit<ComponentPropsWithRef<'input'>, 'onChange'> {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  /** What is wrong with the value, or `null`. */
  readonly problem?: string | null;
  readonly onText: (text: string) => void;
}

/** A line to type in, with its name above and what is wrong below. */
export function Field({ label, hint, problem = null, onText, className = '', ...rest }: FieldProps) {
  const id = useId();
  const noteId = `${id}-note`;
  return (
    <div className="grid gap-1.5">
      <label className="small dim" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        autoComplete="off"
        spellCheck={false}
        {...rest}
        className={`line-input is-tall ${className}`}
        aria-invalid={problem !== null}
        aria-describedby={noteId}
        onChange={(event) => onText(event.target.value)}
      />
      <p id={noteId} className={`small min-h-[1.125rem] ${problem === null ? 'dimmer' : 'bad'}`}>
        {problem === null ? (
          hint
        ) : (
          <>
            <Glyph look={{ shape: 'diamond', tone: 'bad' }} /> {problem}
          </>
        )}
      </p>
    </div>
  );
}

/** What the hub said no to. Read out when it appears. */
export function FormProblem({ problem }: { problem: string | null }) {
  return (
    <p className="bad text-note" role="alert">
      {problem !== null && (
        <>
          <Glyph look={{ shape: 'diamond', tone: 'bad' }} /> {problem}
        </>
      )}
    </p>
  );
}
