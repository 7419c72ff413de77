import { LEAST_PASSWORD } from '@homelabcmd/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { changePassword } from '../../../api/access/account.ts';
import { readSessionsAgain } from '../../../api/access/sessions.ts';
import { useSending } from '../../../api/use-sending.ts';
import { Button } from '../../../ui/button.tsx';
import { KeptName } from '../../../ui/form/kept-name.tsx';
import { NewPassword } from '../../../ui/form/new-password.tsx';
import { say } from '../../../ui/toast/toast.tsx';

/** A new password for who is signed in. The old one is asked for by the hub where it wants it. */
export function PasswordForm({ name }: { name: string }) {
  const client = useQueryClient();
  const [password, setPassword] = useState('');
  const { send, isSending, off, problem } = useSending('changePassword');
  const missing = password.length < LEAST_PASSWORD ? `Use at least ${LEAST_PASSWORD} characters` : null;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (missing !== null || !(await send(() => changePassword(password)))) return;
    setPassword('');
    void readSessionsAgain(client);
    const look = { shape: 'discTick', tone: 'ok' } as const;
    say({ look, title: 'Your password is changed', detail: 'Your other sessions are signed out.' });
  };
  return (
    <form className="new-key" onSubmit={(event) => void submit(event)} noValidate>
      <KeptName name={name} />
      <NewPassword
        label="New password"
        least={LEAST_PASSWORD}
        value={password}
        error={problem}
        onChange={setPassword}
      />
      <p className="mt-2">
        <Button type="submit" off={off ?? missing} isBusy={isSending}>
          Change the password
        </Button>
      </p>
    </form>
  );
}
