import type { Channel, ChannelKind } from '@homelabcmd/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { ApiProblem } from '../../../api/problem.ts';
import { saveChannel } from '../../../api/settings/notifications.ts';
import { useSending } from '../../../api/use-sending.ts';
import { Button } from '../../../ui/button.tsx';
import { DialogEnds } from '../../../ui/form/dialog-ends.tsx';
import { Dialog } from '../../../ui/form/dialog.tsx';
import { Check, FormError, TextField } from '../../../ui/form/fields.tsx';
import { type ChannelDraft, draftOf, missingIn, valuesOf, wishOf } from './channel-draft.ts';
import { KindFields } from './kind-fields.tsx';
import { QuietFields, RoutingFields } from './routing-fields.tsx';

interface ChannelFormProps {
  /** The one that is changed; `null` for a new one. */
  readonly channel: Channel | null;
  readonly kinds: readonly ChannelKind[];
  readonly onClose: () => void;
}

const errorsOf = (error: unknown) => (error instanceof ApiProblem ? (error.problem.errors ?? []) : []);

export function ChannelForm({ channel, kinds, onClose }: ChannelFormProps) {
  const client = useQueryClient();
  const [draft, setDraft] = useState(() => {
    const kind = kinds.find((each) => each.kind === channel?.kind) ?? kinds[0];
    if (kind === undefined) throw new Error('A form needs a kind of channel');
    return draftOf(channel, kind);
  });
  const { send, isSending, off, problem, error } = useSending(
    channel === null ? 'createChannel' : 'putChannel',
  );
  const change = (part: Partial<ChannelDraft>) => setDraft((before) => ({ ...before, ...part }));
  const set = channel?.secrets ?? [];
  const missing = missingIn(draft, set);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (missing !== null) return;
    if (await send(() => saveChannel(client, channel?.channel_id ?? null, wishOf(draft)))) onClose();
  };
  return (
    <Dialog title={channel === null ? 'A new channel' : `Channel ${channel.name}`} onClose={onClose}>
      <form className="dialog-form" onSubmit={(event) => void submit(event)} noValidate>
        {channel === null && (
          <KindChoice
            kinds={kinds}
            value={draft.kind}
            onChange={(kind) => change({ kind, values: valuesOf(kind, {}) })}
          />
        )}
        <TextField
          label="Name"
          placeholder="My phone"
          maxLength={60}
          value={draft.name}
          onChange={(name) => change({ name })}
        />
        <KindFields draft={draft} set={set} errors={errorsOf(error)} change={change} />
        {draft.kind.tells === 'alerts' && (
          <>
            <RoutingFields draft={draft} change={change} />
            <QuietFields draft={draft} change={change} />
          </>
        )}
        <Check
          label="Switched on"
          hint="Switched off, it is told of nothing, and of nothing later that happened meanwhile."
          isOn={draft.isEnabled}
          onChange={(isEnabled) => change({ isEnabled })}
        />
        {problem !== null && <FormError words={problem} />}
        <DialogEnds onClose={onClose}>
          <Button type="submit" kind="primary" off={off ?? missing} isBusy={isSending}>
            Save the channel
          </Button>
        </DialogEnds>
      </form>
    </Dialog>
  );
}

interface KindChoiceProps {
  readonly kinds: readonly ChannelKind[];
  readonly value: ChannelKind;
  readonly onChange: (kind: ChannelKind) => void;
}

function KindChoice({ kinds, value, onChange }: KindChoiceProps) {
  const id = useId();
  return (
    <div className="form-row">
      <label htmlFor={id}>By</label>
      <select
        id={id}
        className="line-input is-tall"
        aria-describedby={`${id}-hint`}
        value={value.kind}
        onChange={(event) => {
          const kind = kinds.find((each) => each.kind === event.target.value);
          if (kind !== undefined) onChange(kind);
        }}
      >
        {kinds.map(({ kind, title }) => (
          <option key={kind} value={kind}>
            {title}
          </option>
        ))}
      </select>
      <p className="hint" id={`${id}-hint`}>
        {value.summary}
      </p>
    </div>
  );
}
