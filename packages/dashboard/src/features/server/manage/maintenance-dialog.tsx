import type { Server } from '@homelabcmd/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { setMaintenance } from '../../../api/fleet/change-server.ts';
import { hubNowMs } from '../../../lib/hub-clock.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/form/dialog.tsx';
import { FormError, TextField } from '../../../ui/form/fields.tsx';
import { useSending } from '../../../api/use-sending.ts';
import { DialogEnds } from '../../../ui/form/dialog-ends.tsx';

const HOUR_MS = 3_600_000;
const LENGTHS = [
  { hours: 0, words: 'Until I end it' },
  { hours: 1, words: '1 hour' },
  { hours: 4, words: '4 hours' },
  { hours: 8, words: '8 hours' },
  { hours: 24, words: '1 day' },
] as const;

/** Says that someone works on a server, so that its silence needs nobody. */
export function MaintenanceDialog({ server, onClose }: { server: Server; onClose: () => void }) {
  const client = useQueryClient();
  const [hours, setHours] = useState(0);
  const [reason, setReason] = useState('');
  const { send, isSending, off, problem } = useSending('setMaintenance');
  const lengthId = useId();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const wish = {
      on: true,
      until: hours === 0 ? null : new Date(hubNowMs() + hours * HOUR_MS).toISOString(),
      reason: reason.trim() === '' ? null : reason.trim(),
    };
    if (await send(() => setMaintenance(client, server.server_id, wish))) onClose();
  };
  return (
    <Dialog title={`Maintenance of ${server.server_id}`} onClose={onClose}>
      <form className="dialog-form" onSubmit={(event) => void submit(event)}>
        <p className="dim">
          While it lasts, {server.server_id} may be offline and nobody is needed for that. It still reports.
        </p>
        <div className="form-row">
          <label htmlFor={lengthId}>How long</label>
          <select
            id={lengthId}
            className="line-input is-tall"
            value={hours}
            autoFocus
            onChange={(event) => setHours(Number(event.target.value))}
          >
            {LENGTHS.map((length) => (
              <option key={length.hours} value={length.hours}>
                {length.words}
              </option>
            ))}
          </select>
        </div>
        <TextField
          label="Why (shown on its page)"
          placeholder="New disks"
          maxLength={500}
          value={reason}
          onChange={setReason}
        />
        {problem !== null && <FormError words={problem} />}
        <DialogEnds onClose={onClose}>
          <Button type="submit" kind="primary" off={off} isBusy={isSending}>
            Begin maintenance
          </Button>
        </DialogEnds>
      </form>
    </Dialog>
  );
}
