import type { Heartbeat } from '@homelabcmd/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { saveHeartbeat } from '../../../api/settings/notifications.ts';
import { useSending } from '../../../api/use-sending.ts';
import { Button } from '../../../ui/button.tsx';
import { DialogEnds } from '../../../ui/form/dialog-ends.tsx';
import { Dialog } from '../../../ui/form/dialog.tsx';
import { Check, FormError, TextField } from '../../../ui/form/fields.tsx';
import { SecretField } from '../../../ui/form/secret-field.tsx';

const MINUTE_MS = 60_000;

interface HeartbeatFormProps {
  /** The one that is changed; `null` for a new one. */
  readonly heartbeat: Heartbeat | null;
  readonly onClose: () => void;
}

export function HeartbeatForm({ heartbeat, onClose }: HeartbeatFormProps) {
  const client = useQueryClient();
  const [name, setName] = useState(heartbeat?.name ?? '');
  const [url, setUrl] = useState('');
  const [minutes, setMinutes] = useState(String(Math.round((heartbeat?.every_ms ?? 300_000) / MINUTE_MS)));
  const [isOn, setOn] = useState(heartbeat?.enabled ?? true);
  const { send, isSending, off, problem } = useSending(
    heartbeat === null ? 'createHeartbeat' : 'putHeartbeat',
  );
  const every = Number(minutes);
  const missing =
    name.trim() === ''
      ? 'Give it a name first'
      : url.trim() === '' && heartbeat === null
        ? 'Say which address'
        : Number.isInteger(every) && every >= 1
          ? null
          : 'Say after how many minutes';
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (missing !== null) return;
    const address = url.trim() === '' ? {} : { url: url.trim() };
    const wish = { name: name.trim(), every_ms: every * MINUTE_MS, enabled: isOn, ...address };
    if (await send(() => saveHeartbeat(client, heartbeat?.heartbeat_id ?? null, wish))) onClose();
  };
  return (
    <Dialog title={heartbeat === null ? 'A new heartbeat' : `Heartbeat ${heartbeat.name}`} onClose={onClose}>
      <form className="dialog-form" onSubmit={(event) => void submit(event)} noValidate>
        <TextField label="Name" placeholder="Healthchecks" maxLength={60} value={name} onChange={setName} />
        <SecretField
          label="Address"
          what="address"
          name="heartbeat_url"
          autoComplete="off"
          isCode
          value={url}
          hint={
            heartbeat === null
              ? 'It is asked by GET. Such an address is a secret, and is not shown again.'
              : 'It is set. Leave this empty to keep it.'
          }
          onChange={setUrl}
        />
        <TextField label="Every" unit="min" inputMode="numeric" value={minutes} onChange={setMinutes} />
        <Check label="Switched on" isOn={isOn} onChange={setOn} />
        {problem !== null && <FormError words={problem} />}
        <DialogEnds onClose={onClose}>
          <Button type="submit" kind="primary" off={off ?? missing} isBusy={isSending}>
            Save the heartbeat
          </Button>
        </DialogEnds>
      </form>
    </Dialog>
  );
}
