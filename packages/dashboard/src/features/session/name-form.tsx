import { type FormEvent, useId, useState } from 'react';
import { detailOf, hasCode } from '../../api/problem.ts';
import { signIn } from '../../api/access/enter.ts';
import { Button } from '../../ui/button.tsx';
import { CodeField } from '../../ui/form/code-field.tsx';
import { TextField } from '../../ui/form/fields.tsx';
import { SecretField } from '../../ui/form/secret-field.tsx';
import { TurnedAway } from './door.tsx';
import { type Refused, useEntering } from './use-entering.ts';

type Field = 'password' | 'code';

/** A name and a password; and, where the hub asks for one, the code of an authenticator in their place. */
export function NameForm({ onSignedIn }: { onSignedIn: () => void }) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState<string | null>(null);
  const { enter, isSending, refused, refuse } = useEntering<Field>(onSignedIn);
  const errorId = useId();

  const refusalOf = (problem: unknown): Refused<Field> | null => {
    if (hasCode(problem, 'totp_required')) {
      setCode('');
      return { words: '', field: null };
    }
    if (hasCode(problem, 'unauthenticated') || hasCode(problem, 'too_many'))
      return { words: detailOf(problem), field: code === null ? 'password' : 'code' };
    return hasCode(problem, 'invalid') && code !== null
      ? { words: 'Type the six digits that your authenticator shows.', field: 'code' }
      : null;
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === '' || password === '')
      refuse({ words: 'Type your name and your password first.', field: 'password' });
    else if (code?.trim() === '')
      refuse({ words: 'Type the six digits that your authenticator shows.', field: 'code' });
    else {
      const totp = code === null ? {} : { totp_code: code.trim() };
      void enter((client) => signIn(client, { name: name.trim(), password, ...totp }), refusalOf);
    }
  };
  const isBad = (field: Field) => (refused?.field === field ? errorId : undefined);
  const words = refused === null || refused.words === '' ? null : refused.words;
  return (
    <form className="grid gap-3" onSubmit={submit} noValidate>
      {code === null ? (
        <NameStep
          name={name}
          password={password}
          errorId={isBad('password')}
          onName={setName}
          onPassword={setPassword}
        />
      ) : (
        <CodeStep
          name={name.trim()}
          code={code}
          errorId={isBad('code')}
          onChange={setCode}
          onBack={() => {
            setCode(null);
            refuse(null);
          }}
        />
      )}
      <TurnedAway id={errorId} words={words} />
      <Button type="submit" kind="primary" size="large" isBusy={isSending} busyWord="Signing in">
        Sign in
      </Button>
    </form>
  );
}

interface NameStepProps {
  readonly name: string;
  readonly password: string;
  readonly errorId: string | undefined;
  readonly onName: (name: string) => void;
  readonly onPassword: (password: string) => void;
}

function NameStep({ name, password, errorId, onName, onPassword }: NameStepProps) {
  return (
    <>
      <TextField
        label="Name"
        name="username"
        autoComplete="username"
        autoFocus
        maxLength={50}
        value={name}
        onChange={onName}
      />
      <SecretField
        label="Password"
        what="password"
        name="password"
        autoComplete="current-password"
        maxLength={200}
        value={password}
        errorId={errorId}
        onChange={onPassword}
      />
    </>
  );
}

interface CodeStepProps {
  readonly name: string;
  readonly code: string;
  readonly errorId: string | undefined;
  readonly onChange: (code: string) => void;
  readonly onBack: () => void;
}

function CodeStep({ name, code, errorId, onChange, onBack }: CodeStepProps) {
  return (
    <>
      <p className="text-note dim" role="status">
        The password of <b className="ink">{name}</b> is right. Now the code.{' '}
        <button type="button" className="link" onClick={onBack}>
          Not you?
        </button>
      </p>
      <CodeField
        label="Code of your authenticator"
        autoFocus
        value={code}
        aria-invalid={errorId !== undefined}
        aria-describedby={errorId}
        onChange={onChange}
      />
    </>
  );
}
