import { useEffect, useRef, useState } from 'react';
import { useKeys } from '../../lib/keys.ts';
import { Icon } from '../glyphs/icon.tsx';

const SETTLE_MS = 250;

interface SearchFieldProps {
  /** What is looked for now. */
  readonly q: string | undefined;
  readonly label: string;
  readonly placeholder: string;
  /** Puts it into the address; the same function for as long as nothing else there changes. */
  readonly change: (change: { q: string | undefined }) => void;
}

/** Text to look for; `change` hears of it when the typing rests. `/` leads here. */
export function SearchField({ q = '', label, placeholder, change }: SearchFieldProps) {
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState({ text: q, of: q });
  // The address has changed by itself, back or to no filters at all: it wins over what is typed.
  if (typed.of !== q) setTyped({ text: typed.text.trim() === q ? typed.text : q, of: q });
  useKeys({
    '/': () => {
      field.current?.focus();
      field.current?.select();
    },
  });
  useEffect(() => {
    const text = typed.text.trim();
    if (text === typed.of) return;
    const timer = setTimeout(() => change({ q: text === '' ? undefined : text }), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [typed, change]);
  return (
    <label className="field search">
      <Icon name="search" />
      <span className="sr">{label}</span>
      <input
        ref={field}
        type="search"
        placeholder={placeholder}
        maxLength={100}
        value={typed.text}
        onChange={(event) => setTyped({ text: event.target.value, of: q })}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          setTyped({ text: '', of: q });
          event.currentTarget.blur();
        }}
      />
      <kbd className="wide-only" aria-hidden="true">
        /
      </kbd>
    </label>
  );
}
