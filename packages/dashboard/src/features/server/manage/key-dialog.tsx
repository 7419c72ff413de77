import type { Server } from '@homelabcmd/protocol';
import { renewAgentKey } from '../../../api/fleet/enrolment.ts';
import { useSending } from '../../../api/use-sending.ts';
import { Button } from '../../../ui/button.tsx';
import { DialogEnds } from '../../../ui/form/dialog-ends.tsx';
import { Dialog } from '../../../ui/form/dialog.tsx';
import { FormError } from '../../../ui/form/fields.tsx';
import { say } from '../../../ui/toast/toast.tsx';

/** The agent makes itself another key: the one that it has may have been copied, or is old. */
export function KeyDialog({ server, onClose }: { server: Server; onClose: () => void }) {
  const { server_id: serverId } = server;
  const { send, isSending, off, problem } = useSending('renewAgentKey');
  const ask = async () => {
    const isSent = await send(async () => {
      const { told } = await renewAgentKey(serverId);
      say({
        look: { shape: 'discTick', tone: 'ok' },
        title: told ? `${serverId} makes itself a new key` : `${serverId} is to make itself a new key`,
        detail: told ? 'The audit shows it.' : 'It does so when it connects. The audit shows it.',
      });
    });
    if (isSent) onClose();
  };
  return (
    <Dialog title={`A new key for ${serverId}?`} onClose={onClose}>
      <div className="dialog-form">
        <p className="dim">
          Its agent makes a new key on the server and goes on as it is; nothing has to be installed. Whoever
          comes with a copy of the old key is turned away from then on, and the audit says so.
        </p>
        {problem !== null && <FormError words={problem} />}
        <DialogEnds onClose={onClose}>
          <Button kind="primary" autoFocus off={off} isBusy={isSending} onClick={() => void ask()}>
            Make a new key
          </Button>
        </DialogEnds>
      </div>
    </Dialog>
  );
}
