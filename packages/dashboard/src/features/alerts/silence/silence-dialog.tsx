import type { Alert, AlertKind } from '@homelabcmd/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { type SilenceWish, createSilence } from '../../../api/alerts/silences.ts';
import { ALERT_KINDS, kindWord } from '../../../api/alerts/words.ts';
import { useServers } from '../../../api/servers.ts';
import { useSending } from '../../../api/use-sending.ts';
import { hubNowMs } from '../../../lib/hub-clock.ts';
import { Button } from '../../../ui/button.tsx';
import { DialogEnds } from '../../../ui/form/dialog-ends.tsx';
import { Dialog } from '../../../ui/form/dialog.tsx';
import { Choice, FormError, TextField } from '../../../ui/form/fields.tsx';
import { LENGTHS, type Length, untilOf } from './lengths.ts';

type Scope = Pick<SilenceWish, 'server_id' | 'tag' | 'kind' | 'subject'>;

const EVERYTHING: Scope = { server_id: null, tag: null, kind: null, subject: null };

const scopeOf = ({ kind, server_id, subject }: Alert): Scope => ({ server_id, tag: null, kind, subject });

interface SilenceDialogProps {
  /** The alert that it is to be about; without one it is said which are. */
  readonly about: Alert | null;
  readonly onClose: () => void;
}

/** Which alerts nobody is told of, until when, and why. */
export function SilenceDialog({ about, onClose }: SilenceDialogProps) {
  const client = useQueryClient();
  const [scope, setScope] = useState(about === null ? EVERYTHING : scopeOf(about));
  const [length, setLength] = useState<Length>('1h');
  const [custom, setCustom] = useState('');
  const [reason, setReason] = useState('');
  const { send, isSending, off, problem } = useSending('createSilence');
  const missing =
    reason.trim() === ''
      ? 'Say why'
      : untilOf(length, custom, hubNowMs()) === null
        ? 'Say until when: a time to come'
        : null;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const until = untilOf(length, custom, hubNowMs());
    if (missing !== null || until === null) return;
    if (await send(() => createSilence(client, { ...scope, until, reason: reason.trim() }))) onClose();
  };
  return (
    <Dialog title={about === null ? 'A silence' : `Silence: ${about.title}`} onClose={onClose}>
      <form className="dialog-form" noValidate onSubmit={(event) => void submit(event)}>
        <p className="dim">
          Nobody is told of it meanwhile. It stays on this page, and when it is over that is written down all
          the same.
        </p>
        {about === null ? (
          <FreeScope scope={scope} change={(part) => setScope({ ...scope, ...part })} />
        ) : (
          <ScopeOfAlert about={about} scope={scope} onChange={setScope} />
        )}
        <Choice label="How long" options={LENGTHS} value={length} onChange={setLength} />
        {length === 'custom' && (
          <TextField label="Until" type="datetime-local" value={custom} onChange={setCustom} />
        )}
        <TextField
          label="Why"
          placeholder="Replacing the fan"
          maxLength={500}
          autoFocus={about !== null}
          value={reason}
          onChange={setReason}
        />
        {problem !== null && <FormError words={problem} />}
        <DialogEnds onClose={onClose}>
          <Button type="submit" kind="primary" off={off ?? missing} isBusy={isSending}>
            Silence
          </Button>
        </DialogEnds>
      </form>
    </Dialog>
  );
}

interface ScopeOfAlertProps {
  readonly about: Alert;
  readonly scope: Scope;
  readonly onChange: (scope: Scope) => void;
}

/** Only this one, or all of its server. */
function ScopeOfAlert({ about, scope, onChange }: ScopeOfAlertProps) {
  if (about.server_id === null) return null;
  const options = [
    ['one', 'Only this alert'],
    ['server', `All of ${about.server_id}`],
  ] as const;
  return (
    <Choice
      label="Which alerts"
      options={options}
      value={scope.kind === null ? 'server' : 'one'}
      onChange={(which) =>
        onChange(which === 'one' ? scopeOf(about) : { ...EVERYTHING, server_id: about.server_id })
      }
    />
  );
}

const orNull = (text: string): string | null => (text === '' ? null : text);

function FreeScope({ scope, change }: { scope: Scope; change: (part: Partial<Scope>) => void }) {
  const servers = useServers().data ?? [];
  const tags = [...new Set(servers.flatMap((server) => server.tags))].toSorted();
  return (
    <>
      <div className="form-pair">
        <Select
          label="Server"
          any="Every server"
          value={scope.server_id ?? ''}
          options={servers.map(({ server_id }) => [server_id, server_id])}
          onChange={(value) => change({ server_id: orNull(value) })}
        />
        <Select
          label="Tag"
          any="Every tag"
          value={scope.tag ?? ''}
          options={tags.map((tag) => [tag, tag])}
          onChange={(value) => change({ tag: orNull(value) })}
        />
      </div>
      <div className="form-pair">
        <Select
          label="What"
          any="Every kind"
          value={scope.kind ?? ''}
          options={ALERT_KINDS.map((kind) => [kind, kindWord(kind)])}
          onChange={(value) => change({ kind: (orNull(value) as AlertKind | null) ?? null })}
        />
        <TextField
          label="Service, disk or job"
          placeholder="Any"
          maxLength={255}
          isCode
          value={scope.subject ?? ''}
          onChange={(subject) => change({ subject: orNull(subject) })}
        />
      </div>
    </>
  );
}

interface SelectProps {
  readonly label: string;
  readonly any: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, word: string])[];
  readonly onChange: (value: string) => void;
}

function Select({ label, any, value, options, onChange }: SelectProps) {
  const id = useId();
  return (
    <div className="form-row">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className="line-input is-tall"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      >
        <option value="">{any}</option>
        {options.map(([key, word]) => (
          <option key={key} value={key}>
            {word}
          </option>
        ))}
      </select>
    </div>
  );
}
