import './narrow.css';
import { useId } from 'react';

interface ChoiceProps {
  readonly name: string;
  readonly any: string;
  readonly chosen: string | undefined;
  readonly of: readonly string[];
  /** What a value is called, where that is not the value. */
  readonly wordOf?: (value: string) => string;
  readonly onChoose: (value: string | undefined) => void;
}

/** One of the values that there are, or any. */
export function Choice({ name, any, chosen, of, wordOf = String, onChoose }: ChoiceProps) {
  const id = useId();
  // What the address asks for is offered even when there is no such thing any more: what it did may still be there.
  const values = [...new Set(chosen === undefined ? of : [chosen, ...of])].toSorted();
  return (
    <span>
      <label className="sr" htmlFor={id}>
        {name}
      </label>
      <select
        id={id}
        className="line-input"
        value={chosen ?? ''}
        onChange={(event) => onChoose(event.target.value === '' ? undefined : event.target.value)}
      >
        <option value="">{any}</option>
        {values.map((value) => (
          <option key={value} value={value}>
            {wordOf(value)}
          </option>
        ))}
      </select>
    </span>
  );
}
