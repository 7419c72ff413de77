import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useRef, useState } from 'react';
import { useActingOff } from '../../../api/live/use-stream.ts';
import { ApiProblem, detailOf } from '../../../api/problem.ts';
import { type NewKey, createKey } from '../../../api/settings/keys.ts';
import { Button } from '../../../ui/button.tsx';
import { Glyph } from '../../../ui/glyphs/glyph.tsx';

/** What is wrong with the name, in the hub's words. */
const wordsOf = (error: unknown): string =>
  (error instanceof ApiProblem ? error.problem.errors?.[0]?.message : undefined) ?? detailOf(error);

export function NewKeyForm({ onMade }: { onMade: (made: NewKey) => void }) {
  const client = useQueryClient();
  const off = useActingOff();
  const [name, setName] = useState('');
  const [isSending, setSending] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  const missing = name.trim() === '' ? 'Give it a name first' : null;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isSending || off !== null || missing !== null) return;
    setSending(true);
    setError(null);
    try {
      onMade(await createKey(client, name.trim()));
    } catch (problem) {
      setError(wordsOf(problem));
      setSending(false);
      field.current?.focus();
    }
  };
  return (
    <form className="new-key" onSubmit={submit}>
      <label className="small dim" htmlFor={id}>
        Name of a new key
      </label>
      <div className="flex gap-2">
        <input
          ref={field}
          id={id}
          className="line-input"
          value={name}
          maxLength={50}
          placeholder="kim, or backup-script"
          autoComplete="off"
          spellCheck={false}
          aria-invalid={error !== null}
          aria-describedby={error === null ? undefined : `${id}-error`}
          onChange={(event) => setName(event.target.value)}
        />
        <Button type="submit" kind="primary" off={off ?? missing} isBusy={isSending}>
          Make the key
        </Button>
      </div>
      <p id={`${id}-error`} className="bad text-note" role="alert">
        {error !== null && (
          <>
            <Glyph look={{ shape: 'diamond', tone: 'bad' }} /> {error}
          </>
        )}
      </p>
    </form>
  );
}
