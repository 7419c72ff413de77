import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { setFreeze, useFreeze } from '../../api/guards/freeze.ts';
import { useSending } from '../../api/use-sending.ts';
import { Button } from '../../ui/button.tsx';
import { FormError, TextField } from '../../ui/form/fields.tsx';

/** The kill switch. The way out is in the banner that is then on every page. */
export function FreezeSection() {
  const client = useQueryClient();
  const freeze = useFreeze();
  const [reason, setReason] = useState('');
  const { send, isSending, off, problem } = useSending('setFreeze');
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (await send(() => setFreeze(client, true, reason.trim() === '' ? null : reason.trim()))) setReason('');
  };
  return (
    <>
      <p className="settings-lede">
        While the fleet is frozen nothing is sent to any server, whoever approves it. Requests and approvals
        stay possible, and an approval expires as ever. What a server has begun already goes on.
      </p>
      {freeze?.on === true ? (
        <p role="status">It is frozen. The banner above lifts it.</p>
      ) : (
        <form className="new-key" onSubmit={(event) => void submit(event)}>
          <TextField
            label="Why (shown on every page)"
            placeholder="Moving the rack"
            maxLength={500}
            value={reason}
            onChange={setReason}
          />
          {problem !== null && <FormError words={problem} />}
          <p className="mt-3">
            <Button type="submit" className="btn-danger" off={off} isBusy={isSending}>
              Freeze the fleet
            </Button>
          </p>
        </form>
      )}
    </>
  );
}
