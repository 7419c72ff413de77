import { type FormEvent, useId, useState } from 'react';
import { detailOf, hasCode } from '../../api/problem.ts';
import { signIn } from '../../api/access/enter.ts';
import { Button } from '../../ui/button.tsx';
import { SecretField } from '../../ui/form/secret-field.tsx';
import { TurnedAway } from './door.tsx';
import { type Refused, useEntering } from './use-entering.ts';

function refusalOf(problem: unknown): Refused<'key'> | null {
  if (hasCode(problem, 'unauthenticated')) return { words: 'This hub does not know that key.', field: 'key' };
  return hasCode(problem, 'too_many') ? { words: detailOf(problem), field: 'key' } : null;
}

/** One key, typed or pasted, never kept by the page. */
export function KeyForm({ onSignedIn, isPrimary }: { onSignedIn: () => void; isPrimary: boolean }) {
  const [key, setKey] = useState('');
  const { enter, isSending, refused, refuse } = useEntering<'key'>(onSignedIn);
  const errorId = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const api_key = key.trim();
    if (api_key === '') refuse({ words: 'Type or paste the key first.', field: 'key' });
    else void enter((client) => signIn(client, { api_key }), refusalOf);
  };
  return (
    <form className="grid gap-2" onSubmit={submit} noValidate>
      <SecretField
        label="API key"
        what="key"
        name="api_key"
        autoComplete="current-password"
        isCode
        autoFocus={isPrimary}
        value={key}
        errorId={refused?.field === 'key' ? errorId : undefined}
        onChange={setKey}
      />
      <TurnedAway id={errorId} words={refused?.words ?? null} />
      <Button
        type="submit"
        kind={isPrimary ? 'primary' : 'secondary'}
        size="large"
        isBusy={isSending}
        busyWord="Signing in"
      >
        Sign in
      </Button>
    </form>
  );
}
