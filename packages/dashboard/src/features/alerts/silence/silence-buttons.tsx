import type { Alert } from '@homelabcmd/protocol';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay } from '../../../api/access/may.ts';
import { silenceOf, useSilences } from '../../../api/alerts/silences.ts';
import { Button } from '../../../ui/button.tsx';
import { EndSilence } from './end-silence.tsx';
import { SilenceDialog } from './silence-dialog.tsx';

/** To silence an alert, or to end the silence or the maintenance by which it is quiet. */
export function SilenceButtons({
  alert,
  kind = 'secondary',
}: {
  alert: Alert;
  kind?: 'secondary' | 'quiet';
}) {
  const maySilence = useMay('createSilence');
  const silences = useSilences().data ?? [];
  const [isOpen, setOpen] = useState(false);
  if (!maySilence || alert.state === 'resolved') return null;
  const silence = silenceOf(alert, silences);
  if (silence !== undefined) return <EndSilence silence={silence} kind={kind} />;
  if (alert.silenced !== null) {
    if (alert.server_id === null) return null;
    return (
      <Link className="btn btn-quiet" to="/servers/$serverId" params={{ serverId: alert.server_id }}>
        To the maintenance
      </Link>
    );
  }
  return (
    <>
      <Button kind={kind} onClick={() => setOpen(true)}>
        Silence…
      </Button>
      {isOpen && <SilenceDialog about={alert} onClose={() => setOpen(false)} />}
    </>
  );
}
