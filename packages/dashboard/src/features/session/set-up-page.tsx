import { LEAST_PASSWORD } from '@homelabcmd/protocol';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useId, useState } from 'react';
import { useDoor } from '../../api/access/door.ts';
import { setUp } from '../../api/access/enter.ts';
import { hasCode } from '../../api/problem.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/form/fields.tsx';
import { NewPassword } from '../../ui/form/new-password.tsx';
import { SecretField } from '../../ui/form/secret-field.tsx';
import { Glyph } from '../../ui/glyphs/glyph.tsx';
import { Door, TurnedAway } from './door.tsx';
import { type Refused, invalidIn, useEntering } from './use-entering.ts';

const FIELDS = ['token', 'name', 'password'] as const;
type Field = (typeof FIELDS)[number];

interface SetUpPageProps {
  /** What the link from the console brought; `null`: it is typed. */
  readonly token: string | null;
  readonly onSignedIn: () => void;
}

/** Where the first account is made, by whoever can read the hub's console. */
export function SetUpPage(props: SetUpPageProps) {
  const door = useDoor().data;
  const [isOver, setOver] = useState(false);
  if (isOver || door?.isToSetUp === false) return <IsSetUp />;
  return <FirstAccount {...props} onOver={() => setOver(true)} />;
}

function IsSetUp() {
  return (
    <Door
      title="This hub is set up"
      lede="It has accounts already, so the link from the console opens nothing any more."
      foot={<p>Whoever has no account asks an administrator for an invitation.</p>}
    >
      <p className="mt-6">
        <Link className="btn btn-go btn-lg w-full" to="/sign-in">
          Sign in
        </Link>
      </p>
    </Door>
  );
}

function missingIn(draft: Record<Field, string>): Refused<Field> | null {
  if (draft.token.trim() === '')
    return { words: 'Paste the token that the hub’s console shows first.', field: 'token' };
  if (draft.name.trim() === '') return { words: 'Choose a name first.', field: 'name' };
  if (draft.password.length < LEAST_PASSWORD)
    return { words: `Use at least ${LEAST_PASSWORD} characters: a few words are good.`, field: 'password' };
  return null;
}

function FirstAccount({ token: brought, onSignedIn, onOver }: SetUpPageProps & { onOver: () => void }) {
  const [draft, setDraft] = useState({ token: brought ?? '', name: '', password: '' });
  const [isTyped, setTyped] = useState(brought === null);
  const { enter, isSending, refused, refuse } = useEntering<Field>(onSignedIn);
  const errorId = useId();
  const change = (field: Field) => (value: string) => setDraft((before) => ({ ...before, [field]: value }));
  const refusalOf = (problem: unknown): Refused<Field> | null => {
    if (hasCode(problem, 'not_found')) onOver();
    if (hasCode(problem, 'already_exists')) return { words: problem.message, field: 'name' };
    if (!hasCode(problem, 'unauthenticated')) return invalidIn(problem, FIELDS);
    setTyped(true);
    return {
      words: 'This is not the token that the console shows. Each start of the hub makes another one.',
      field: 'token',
    };
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const missing = missingIn(draft);
    if (missing !== null) refuse(missing);
    else {
      const body = { ...draft, token: draft.token.trim(), name: draft.name.trim() };
      void enter((client) => setUp(client, body), refusalOf);
    }
  };
  const errorOf = (field: Field) => (refused?.field === field ? refused.words : null);
  return (
    <Door
      title="Set up this hub"
      lede="Make the first account. It is an administrator’s: it can do everything, and add other people."
      foot={
        <p>
          You would rather use the API key?{' '}
          <Link className="link" to="/sign-in">
            Sign in with it
          </Link>
          .
        </p>
      }
    >
      <form className="mt-6 grid gap-4" onSubmit={submit} noValidate>
        <Fields draft={draft} isTyped={isTyped} errorOf={errorOf} change={change} />
        {refused !== null && refused.field === null && <TurnedAway id={errorId} words={refused.words} />}
        <Button type="submit" kind="primary" size="large" isBusy={isSending} busyWord="Making the account">
          Make the account
        </Button>
      </form>
    </Door>
  );
}

interface FieldsProps {
  readonly draft: Record<Field, string>;
  /** The token did not come with the link. */
  readonly isTyped: boolean;
  readonly errorOf: (field: Field) => string | null;
  readonly change: (field: Field) => (value: string) => void;
}

function Fields({ draft, isTyped, errorOf, change }: FieldsProps) {
  return (
    <>
      {isTyped ? (
        <SecretField
          label="Token"
          what="token"
          name="setup_token"
          autoComplete="off"
          isCode
          autoFocus
          maxLength={200}
          hint="The hub’s console shows it on the line “Begin”, behind the #."
          value={draft.token}
          error={errorOf('token')}
          onChange={change('token')}
        />
      ) : (
        <p className="text-note dim">
          <Glyph look={{ shape: 'discTick', tone: 'ok' }} /> The token came with the link.
        </p>
      )}
      <TextField
        label="Name"
        name="username"
        autoComplete="username"
        autoFocus={!isTyped}
        placeholder="kim"
        maxLength={50}
        hint="What you do here is signed with it."
        value={draft.name}
        error={errorOf('name')}
        onChange={change('name')}
      />
      <NewPassword
        least={LEAST_PASSWORD}
        value={draft.password}
        error={errorOf('password')}
        onChange={change('password')}
      />
    </>
  );
}
