import type { Scope } from '@homelabcmd/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useRef, useState } from 'react';
import { ApiProblem } from '../../../api/problem.ts';
import { type NewKey, createKey } from '../../../api/settings/keys.ts';
import { useSending } from '../../../api/use-sending.ts';
import { hubNowMs } from '../../../lib/hub-clock.ts';
import { Button } from '../../../ui/button.tsx';
import { TextField } from '../../../ui/form/fields.tsx';
import { ScopeChoice } from './scope-choice.tsx';

const DAY_MS = 24 * 3_600_000;
const LIFETIMES = [
  { days: 0, words: 'Until it is revoked' },
  { days: 30, words: '30 days' },
  { days: 90, words: '90 days' },
  { days: 365, words: 'A year' },
] as const;

/** What is wrong with a value, in the hub's words. */
const firstError = (error: unknown): string | undefined =>
  error instanceof ApiProblem ? error.problem.errors?.[0]?.message : undefined;

export function NewKeyForm({ onMade }: { onMade: (made: NewKey) => void }) {
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly Scope[]>(['read', 'request']);
  const [days, setDays] = useState(0);
  const { send, isSending, off, problem, error } = useSending('createKey');
  const field = useRef<HTMLInputElement>(null);
  const missing =
    name.trim() === '' ? 'Give it a name first' : scopes.length === 0 ? 'Say what it may do' : null;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (missing !== null) return;
    const end = days === 0 ? {} : { expires_at: new Date(hubNowMs() + days * DAY_MS).toISOString() };
    const isMade = await send(async () =>
      onMade(await createKey(client, { name: name.trim(), scopes: [...scopes], ...end })),
    );
    if (!isMade) field.current?.focus();
  };
  return (
    <form className="new-key" onSubmit={(event) => void submit(event)} noValidate>
      <TextField
        ref={field}
        label="Name of a new key"
        placeholder="backup-script"
        maxLength={50}
        value={name}
        error={problem === null ? null : (firstError(error) ?? problem)}
        onChange={setName}
      />
      <ScopeChoice scopes={scopes} onChange={setScopes} />
      <Lifetime days={days} onChange={setDays} />
      <p className="mt-2">
        <Button type="submit" kind="primary" off={off ?? missing} isBusy={isSending}>
          Make the key
        </Button>
      </p>
    </form>
  );
}

function Lifetime({ days, onChange }: { days: number; onChange: (days: number) => void }) {
  const id = useId();
  return (
    <div className="form-row">
      <label htmlFor={id}>Good for</label>
      <select
        id={id}
        className="line-input is-tall"
        value={days}
        onChange={(event) => onChange(Number(event.target.value))}
      >
        {LIFETIMES.map(({ days: each, words }) => (
          <option key={each} value={each}>
            {words}
          </option>
        ))}
      </select>
    </div>
  );
}
