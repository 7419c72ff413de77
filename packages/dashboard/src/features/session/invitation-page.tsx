import { LEAST_PASSWORD } from '@homelabcmd/protocol';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useId, useState } from 'react';
import { acceptInvitation } from '../../api/access/enter.ts';
import { detailOf, hasCode } from '../../api/problem.ts';
import type { FragmentSecret } from '../../lib/browser/fragment-secret.ts';
import { Button } from '../../ui/button.tsx';
import { NewPassword } from '../../ui/form/new-password.tsx';
import { KeptName } from '../../ui/form/kept-name.tsx';
import { Door, TurnedAway } from './door.tsx';
import { type Refused, invalidIn, useEntering } from './use-entering.ts';

interface InvitationPageProps {
  /** What the link brought. */
  readonly invitation: FragmentSecret | null;
  readonly onSignedIn: () => void;
}

/** Where somebody who was invited chooses a password. */
export function InvitationPage({ invitation, onSignedIn }: InvitationPageProps) {
  const [worthless, setWorthless] = useState<string | null>(null);
  if (invitation === null || invitation.token === '')
    return (
      <NotValid words="The address has no invitation in it. Open the link that you were given, whole." />
    );
  if (worthless !== null) return <NotValid words={worthless} />;
  return <Join invitation={invitation} onSignedIn={onSignedIn} onWorthless={setWorthless} />;
}

function NotValid({ words }: { words: string }) {
  return (
    <Door title="No invitation" lede={words} foot={<p>An invitation works once, for three days.</p>}>
      <p className="mt-6">
        <Link className="btn btn-lg w-full" to="/sign-in">
          Go to sign-in
        </Link>
      </p>
    </Door>
  );
}

interface JoinProps {
  readonly invitation: FragmentSecret;
  readonly onSignedIn: () => void;
  readonly onWorthless: (words: string) => void;
}

function Join({ invitation: { token, name }, onSignedIn, onWorthless }: JoinProps) {
  const [password, setPassword] = useState('');
  const { enter, isSending, refused, refuse } = useEntering<'password'>(onSignedIn);
  const errorId = useId();
  const refusalOf = (problem: unknown): Refused<'password'> | null => {
    if (hasCode(problem, 'unauthenticated')) onWorthless(detailOf(problem));
    return invalidIn(problem, ['password']);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (password.length < LEAST_PASSWORD)
      refuse({
        words: `Use at least ${LEAST_PASSWORD} characters: a few words are good.`,
        field: 'password',
      });
    else void enter((client) => acceptInvitation(client, { token, password }), refusalOf);
  };
  return (
    <Door
      title={name === null ? 'Welcome' : `Welcome, ${name}`}
      lede="You were invited to this hub. Choose a password, and you are in."
      foot={<p>An authenticator can be added later, under Settings, Your account.</p>}
    >
      <form className="mt-6 grid gap-4" onSubmit={submit} noValidate>
        <KeptName name={name ?? ''} />
        <NewPassword
          least={LEAST_PASSWORD}
          autoFocus
          value={password}
          error={refused?.field === 'password' ? refused.words : null}
          onChange={setPassword}
        />
        {refused !== null && refused.field === null && <TurnedAway id={errorId} words={refused.words} />}
        <Button type="submit" kind="primary" size="large" isBusy={isSending} busyWord="Signing in">
          Choose it and sign in
        </Button>
      </form>
    </Door>
  );
}
