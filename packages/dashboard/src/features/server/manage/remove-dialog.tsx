import type { Server } from '@homelabcmd/protocol';
import { type FormEvent, useState } from 'react';
import { removeServer } from '../../../api/fleet/change-server.ts';
import { hasCode } from '../../../api/problem.ts';
import { Button } from '../../../ui/button.tsx';
import { Command } from '../../../ui/copy.tsx';
import { Dialog } from '../../../ui/form/dialog.tsx';
import { Check, FormError, TextField } from '../../../ui/form/fields.tsx';
import { say } from '../../../ui/toast/toast.tsx';
import { useSending } from '../../../api/use-sending.ts';
import { DialogEnds } from '../../../ui/form/dialog-ends.tsx';

const STOP_AGENT = 'sudo systemctl disable --now homelabcmd-agent homelabcmd-restart.socket';

interface RemoveDialogProps {
  readonly server: Server;
  readonly onClose: () => void;
  readonly onRemoved: () => void;
}

/** Removes a server from the hub. Its name is typed, so that it is this one and no other. */
export function RemoveDialog({ server, onClose, onRemoved }: RemoveDialogProps) {
  const { server_id: serverId } = server;
  const [typed, setTyped] = useState('');
  const [isForced, setForced] = useState(false);
  const { send, isSending, off, problem, error } = useSending('deleteServer');
  const isOrderOut = hasCode(error, 'order_out') || isForced;
  const isTyped = typed.trim() === serverId;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!isTyped || !(await send(() => removeServer(serverId, isForced)))) return;
    say({
      look: { shape: 'discTick', tone: 'ok' },
      title: `${serverId} is removed`,
      detail: 'Its agent cannot connect any more.',
    });
    onRemoved();
  };
  return (
    <Dialog title={`Remove ${serverId}?`} onClose={onClose}>
      <form className="dialog-form" onSubmit={(event) => void submit(event)} noValidate>
        <p className="dim">
          Its services and its actions go with it, and its agent is shut out at once. What was recorded in the
          audit trail stays. Nothing on the server itself is changed; to end the agent there, too:
        </p>
        <Command text={STOP_AGENT} size="wrapped" />
        <TextField
          label={
            <>
              Type <b className="ink">{serverId}</b> to confirm
            </>
          }
          isCode
          autoFocus
          value={typed}
          onChange={setTyped}
        />
        {problem !== null && <FormError words={problem} />}
        {isOrderOut && (
          <Check
            label="Remove it all the same. What becomes of that order will not be known."
            isOn={isForced}
            onChange={setForced}
          />
        )}
        <DialogEnds onClose={onClose}>
          <Button
            type="submit"
            kind="danger"
            off={off ?? (isTyped ? null : `Type ${serverId} first`)}
            isBusy={isSending}
          >
            Remove server
          </Button>
        </DialogEnds>
      </form>
    </Dialog>
  );
}
