import { type Passkey, approverLine } from '@homelabcmd/protocol';
import { use } from 'react';
import { PrincipalContext } from '../../../api/access/may.ts';
import { Button } from '../../../ui/button.tsx';
import { Command } from '../../../ui/copy.tsx';
import { Dialog } from '../../../ui/form/dialog.tsx';

/** What root pastes on a server, so that it believes this passkey. In quotes nothing of it means anything to a shell. */
const commandFor = (line: string): string =>
  `echo '${line.replaceAll("'", "'\\''")}' | sudo tee -a /etc/homelabcmd/approvers`;

interface ApproverDialogProps {
  readonly passkey: Passkey;
  readonly onClose: () => void;
}

/** How a server comes to believe this passkey, and not its hub. */
export function ApproverDialog({ passkey, onClose }: ApproverDialogProps) {
  const owner = use(PrincipalContext)?.name ?? '';
  const { rp_id, credential_id, approver_key: public_key, name } = passkey;
  return (
    <Dialog title={`Let servers believe ${name}`} onClose={onClose}>
      <div className="dialog-form">
        {public_key === null ? (
          <p>Servers take no passkey of this kind. Make one on another device.</p>
        ) : (
          <>
            <p className="dim">
              As root on a server. From then on it is sealed: it carries out only what this passkey, or
              another one in that file, has signed, whatever this hub says.
            </p>
            <Command
              size="wrapped"
              text={commandFor(
                approverLine({
                  ...{ rp_id, credential_id, public_key, origins: [location.origin] },
                  name: `${owner}, ${name}`.slice(0, 100),
                }),
              )}
            />
          </>
        )}
        <div className="dialog-ends">
          <Button kind="primary" onClick={onClose}>
            Done
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
