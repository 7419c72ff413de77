import type { Role } from '@homelabcmd/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { type Invited, addPerson } from '../../../api/access/people.ts';
import { ApiProblem } from '../../../api/problem.ts';
import { useSending } from '../../../api/use-sending.ts';
import { Button } from '../../../ui/button.tsx';
import { TextField } from '../../../ui/form/fields.tsx';
import { RoleChoice } from './role-choice.tsx';

const firstError = (error: unknown): string | undefined =>
  error instanceof ApiProblem ? error.problem.errors?.[0]?.message : undefined;

interface AddPersonProps {
  readonly onAdded: (invited: Invited) => void;
  readonly onBack: () => void;
}

/** Somebody new: a name and a role. The password is theirs to choose. */
export function AddPerson({ onAdded, onBack }: AddPersonProps) {
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const { send, isSending, off, problem, error } = useSending('createUser');
  const field = useRef<HTMLInputElement>(null);
  const missing = name.trim() === '' ? 'Give them a name first' : null;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (missing !== null) return;
    const isAdded = await send(async () => onAdded(await addPerson(client, { name: name.trim(), role })));
    if (!isAdded) field.current?.focus();
  };
  return (
    <form className="new-key" aria-label="Add a person" onSubmit={(event) => void submit(event)} noValidate>
      <TextField
        ref={field}
        label="Name"
        hint="They sign in with it, and what they do is signed with it. It stays as it is."
        placeholder="kim"
        maxLength={50}
        autoFocus
        value={name}
        error={problem === null ? null : (firstError(error) ?? problem)}
        onChange={setName}
      />
      <RoleChoice role={role} onChange={setRole} />
      <p className="mt-2 flex gap-2">
        <Button type="submit" kind="primary" off={off ?? missing} isBusy={isSending}>
          Make the invitation
        </Button>
        <Button kind="plain" onClick={onBack}>
          Cancel
        </Button>
      </p>
    </form>
  );
}
