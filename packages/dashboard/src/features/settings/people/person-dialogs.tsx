import type { User } from '@homelabcmd/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { type Invited, changePerson, inviteAnew, removePerson } from '../../../api/access/people.ts';
import { useSending } from '../../../api/use-sending.ts';
import { Button } from '../../../ui/button.tsx';
import { DialogEnds } from '../../../ui/form/dialog-ends.tsx';
import { Dialog } from '../../../ui/form/dialog.tsx';
import { FormError, TextField } from '../../../ui/form/fields.tsx';
import { RoleChoice } from './role-choice.tsx';

interface PersonDialogProps {
  readonly user: User;
  readonly onClose: () => void;
}

export function RoleDialog({ user, onClose }: PersonDialogProps) {
  const client = useQueryClient();
  const [role, setRole] = useState(user.role);
  const { send, isSending, off, problem } = useSending('changeUser');
  const same = role === user.role ? 'It is their role already' : null;
  return (
    <PersonForm
      title={`Role of ${user.name}`}
      problem={problem}
      onClose={onClose}
      onSubmit={async () => {
        if (same === null && (await send(() => changePerson(client, user, { role })))) onClose();
      }}
      button={
        <Button type="submit" kind="primary" off={off ?? same} isBusy={isSending}>
          Change the role
        </Button>
      }
    >
      <RoleChoice role={role} onChange={setRole} />
      <p className="dim">It counts at once, also in what {user.name} has open now.</p>
    </PersonForm>
  );
}

export function DisableDialog({ user, onClose }: PersonDialogProps) {
  const client = useQueryClient();
  const { send, isSending, off, problem } = useSending('changeUser');
  return (
    <PersonForm
      title={`Disable ${user.name}?`}
      problem={problem}
      onClose={onClose}
      onSubmit={async () => {
        if (await send(() => changePerson(client, user, { is_disabled: true }))) onClose();
      }}
      button={
        <Button type="submit" kind="danger" off={off} isBusy={isSending} autoFocus>
          Disable {user.name}
        </Button>
      }
    >
      <p className="dim">
        {user.name} is signed out everywhere at once, and their keys open nothing. Password and authenticator
        are kept: enabled again, they sign in as before.
      </p>
    </PersonForm>
  );
}

interface InviteDialogProps extends PersonDialogProps {
  readonly onInvited: (invited: Invited) => void;
}

export function InviteDialog({ user, onClose, onInvited }: InviteDialogProps) {
  const client = useQueryClient();
  const { send, isSending, off, problem } = useSending('inviteUser');
  const invite = async () => {
    let invited: Invited | null = null;
    const isDone = await send(async () => {
      invited = await inviteAnew(client, user);
    });
    if (!isDone || invited === null) return;
    onClose();
    onInvited(invited);
  };
  return (
    <PersonForm
      title={`Invite ${user.name} anew?`}
      problem={problem}
      onClose={onClose}
      onSubmit={invite}
      button={
        <Button type="submit" kind="primary" off={off} isBusy={isSending} autoFocus>
          Make a new invitation
        </Button>
      }
    >
      <p className="dim">
        For somebody who has lost their password or authenticator, or whose invitation has expired. You get a
        new link for them. It takes away what they had:
      </p>
      <ul className="takes-away">
        <li>their password, their passkeys{user.has_totp && ' and their authenticator'}, at once</li>
        <li>every session that they have open</li>
        <li>an invitation that was made before</li>
      </ul>
      <p className="dim">Their role and their keys stay.</p>
    </PersonForm>
  );
}

/** Removes a person. Their name is typed, so that it is this one and no other. */
export function RemovePersonDialog({ user, onClose }: PersonDialogProps) {
  const client = useQueryClient();
  const [typed, setTyped] = useState('');
  const { send, isSending, off, problem } = useSending('deleteUser');
  const missing = typed.trim() === user.name ? null : `Type ${user.name} first`;
  return (
    <PersonForm
      title={`Remove ${user.name}?`}
      problem={problem}
      onClose={onClose}
      onSubmit={async () => {
        if (missing === null && (await send(() => removePerson(client, user)))) onClose();
      }}
      button={
        <Button type="submit" kind="danger" off={off ?? missing} isBusy={isSending}>
          Remove {user.name}
        </Button>
      }
    >
      <p className="dim">
        Their sessions and their keys go with them, at once. What they did stays on the record, under their
        name. To keep somebody out for a while, disable them instead.
      </p>
      <TextField
        label={
          <>
            Type <b className="ink">{user.name}</b> to confirm
          </>
        }
        autoFocus
        value={typed}
        onChange={setTyped}
      />
    </PersonForm>
  );
}

interface PersonFormProps {
  readonly title: string;
  readonly problem: string | null;
  readonly onClose: () => void;
  readonly onSubmit: () => Promise<void>;
  readonly button: ReactNode;
  readonly children: ReactNode;
}

function PersonForm({ title, problem, onClose, onSubmit, button, children }: PersonFormProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        className="dialog-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void onSubmit();
        }}
      >
        {children}
        {problem !== null && <FormError words={problem} />}
        <DialogEnds onClose={onClose}>{button}</DialogEnds>
      </form>
    </Dialog>
  );
}
