import type { Server } from '@homelabcmd/protocol';
import { useState } from 'react';
import { type Enrolment, enrol } from '../../../api/fleet/enrolment.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/form/dialog.tsx';
import { FormError } from '../../../ui/form/fields.tsx';
import { EnrolmentPanel } from '../add/enrolment-panel.tsx';
import { useSending } from '../../../api/use-sending.ts';
import { DialogEnds } from '../../../ui/form/dialog-ends.tsx';

/** A new line for a server that is known: its agent was lost, is to be replaced, or has never connected. */
export function EnrolDialog({ server, onClose }: { server: Server; onClose: () => void }) {
  const { server_id: serverId } = server;
  const [enrolment, setEnrolment] = useState<Enrolment | null>(null);
  const { send, isSending, off, problem } = useSending('enrolServer');
  return (
    <Dialog title={`Install the agent on ${serverId}`} onClose={onClose}>
      <div className="dialog-form">
        {enrolment === null ? (
          <>
            <p className="dim">
              You get a line with a one-time token. Run on {serverId}, it installs the agent, which takes the
              place of the one that this hub knows. Until then nothing changes.
            </p>
            {problem !== null && <FormError words={problem} />}
            <DialogEnds onClose={onClose}>
              <Button
                kind="primary"
                autoFocus
                off={off}
                isBusy={isSending}
                onClick={() => send(async () => setEnrolment(await enrol(serverId)))}
              >
                Make the install line
              </Button>
            </DialogEnds>
          </>
        ) : (
          <>
            <EnrolmentPanel enrolment={enrolment} server={server} onRenewed={setEnrolment}>
              <p className="dim mt-2">Its agent has connected with the new token.</p>
            </EnrolmentPanel>
            <div className="dialog-ends">
              <Button onClick={onClose}>Close</Button>
            </div>
          </>
        )}
      </div>
    </Dialog>
  );
}
