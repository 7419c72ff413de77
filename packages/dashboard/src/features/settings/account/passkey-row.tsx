import type { Passkey } from '@homelabcmd/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { removePasskey, renamePasskey } from '../../../api/access/passkeys.ts';
import { useSending } from '../../../api/use-sending.ts';
import { Button } from '../../../ui/button.tsx';
import { DialogEnds } from '../../../ui/form/dialog-ends.tsx';
import { Dialog } from '../../../ui/form/dialog.tsx';
import { TextField } from '../../../ui/form/fields.tsx';
import { Icon } from '../../../ui/glyphs/icon.tsx';
import { Ago } from '../../../ui/time.tsx';
import { ApproverDialog } from './approver-dialog.tsx';
import { RemoveDialog } from './remove-dialog.tsx';

interface PasskeyRowProps {
  readonly passkey: Passkey;
  /** The one that passkeys are for here. */
  readonly host: string | null;
}

export function PasskeyRow({ passkey, host }: PasskeyRowProps) {
  const { name, rp_id, is_synced, created_at, last_used_at } = passkey;
  const [open, setOpen] = useState<'approver' | 'rename' | 'remove' | null>(null);
  const place = useRef<HTMLDivElement>(null);
  const close = () => {
    setOpen(null);
    place.current?.querySelector('button')?.focus();
  };
  const dialog = { passkey, onClose: close };
  return (
    <li data-passkey={name}>
      <div className="attn-head">
        <Icon name="key" />
        <div>
          <p className="what">
            {name} {is_synced && <span className="badge">synced</span>}
          </p>
          <p className="why">
            Made <Ago at={created_at} />.{' '}
            {last_used_at === null ? (
              'Never used.'
            ) : (
              <>
                Last used <Ago at={last_used_at} />.
              </>
            )}
          </p>
          {rp_id !== host && <p className="why">It is for {rp_id}, and opens nothing here.</p>}
        </div>
        <div className="row-actions" ref={place}>
          {rp_id === host && (
            <Button kind="quiet" aria-label={`For servers: ${name}`} onClick={() => setOpen('approver')}>
              For servers…
            </Button>
          )}
          <Button kind="quiet" aria-label={`Rename ${name}`} onClick={() => setOpen('rename')}>
            Rename…
          </Button>
          <Button kind="quiet" aria-label={`Remove ${name}`} onClick={() => setOpen('remove')}>
            Remove…
          </Button>
        </div>
      </div>
      {open === 'approver' && <ApproverDialog {...dialog} />}
      {open === 'rename' && <RenameDialog {...dialog} />}
      {open === 'remove' && <RemoveIt {...dialog} />}
    </li>
  );
}

interface DialogProps {
  readonly passkey: Passkey;
  readonly onClose: () => void;
}

function RenameDialog({ passkey, onClose }: DialogProps) {
  const client = useQueryClient();
  const [name, setName] = useState(passkey.name);
  const { send, isSending, off, problem } = useSending('renamePasskey');
  const missing = name.trim() === '' ? 'Give it a name first' : null;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (missing === null && (await send(() => renamePasskey(client, passkey, name.trim())))) onClose();
  };
  return (
    <Dialog title={`Rename ${passkey.name}`} onClose={onClose}>
      <form className="dialog-form" onSubmit={(event) => void submit(event)} noValidate>
        <TextField
          label="Name"
          name="passkey_name"
          autoComplete="off"
          autoFocus
          maxLength={50}
          hint="Where it is: you tell your passkeys apart by it."
          value={name}
          error={problem}
          onChange={setName}
        />
        <DialogEnds onClose={onClose}>
          <Button type="submit" kind="primary" off={off ?? missing} isBusy={isSending}>
            Rename it
          </Button>
        </DialogEnds>
      </form>
    </Dialog>
  );
}

function RemoveIt({ passkey, onClose }: DialogProps) {
  const client = useQueryClient();
  return (
    <RemoveDialog
      title={`Remove ${passkey.name}?`}
      by="removePasskey"
      remove={() => removePasskey(client, passkey)}
      onClose={onClose}
    >
      It opens this hub no more. What your device keeps of it is removed there, in its settings or your
      password manager.
    </RemoveDialog>
  );
}
