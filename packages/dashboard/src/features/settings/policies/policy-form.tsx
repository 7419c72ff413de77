import type { Policy } from '@homelabcmd/protocol';
import { type FormEvent, useId, useState } from 'react';
import { putPolicy } from '../../../api/guards/policies.ts';
import { useServers } from '../../../api/servers.ts';
import { useSending } from '../../../api/use-sending.ts';
import { hubNowMs } from '../../../lib/hub-clock.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/form/dialog.tsx';
import { Check, Choice, FormError, TextField } from '../../../ui/form/fields.tsx';
import { type Draft, draftOf, missingIn, wishOf } from './policy-draft.ts';

const MODES = [
  ['manual', 'A person'],
  ['two_person', 'Two people'],
  ['auto', 'By itself'],
] as const;

interface PolicyFormProps {
  /** The one that is changed; `null` for a new one. */
  readonly policy: Policy | null;
  readonly onClose: () => void;
}

export function PolicyForm({ policy, onClose }: PolicyFormProps) {
  const [draft, setDraft] = useState(() => draftOf(policy));
  const { send, isSending, off, problem } = useSending('putPolicy');
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const missing = missingIn(draft);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (missing !== null) return;
    if (await send(() => putPolicy(draft.name, wishOf(draft, policy, hubNowMs())))) onClose();
  };
  return (
    <Dialog title={policy === null ? 'A new policy' : `Policy ${policy.name}`} onClose={onClose}>
      <form className="dialog-form" onSubmit={(event) => void submit(event)}>
        {policy === null && (
          <TextField
            label="Name"
            placeholder="nightly"
            maxLength={50}
            autoFocus
            isCode
            value={draft.name}
            onChange={(name) => change({ name })}
          />
        )}
        <Scope draft={draft} change={change} />
        <Choice
          label="Who approves"
          options={MODES}
          value={draft.mode}
          onChange={(mode) => change({ mode })}
        />
        {draft.mode === 'auto' && <AutoTerms draft={draft} change={change} canKeep={policy !== null} />}
        <Automatic draft={draft} change={change} />
        {problem !== null && <FormError words={problem} />}
        <div className="dialog-ends">
          <Button kind="plain" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" kind="primary" off={off ?? missing} isBusy={isSending}>
            Save the policy
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

interface PartProps {
  readonly draft: Draft;
  readonly change: (part: Partial<Draft>) => void;
}

function Scope({ draft, change }: PartProps) {
  const servers = useServers().data ?? [];
  const id = useId();
  return (
    <>
      <div className="form-row">
        <label htmlFor={id}>For</label>
        <select
          id={id}
          className="line-input is-tall"
          value={draft.serverId}
          onChange={(event) => change({ serverId: event.target.value })}
        >
          <option value="">The whole fleet</option>
          {servers.map(({ server_id }) => (
            <option key={server_id} value={server_id}>
              {server_id}
            </option>
          ))}
        </select>
      </div>
      {draft.serverId !== '' && (
        <TextField
          label="Service (empty: every service of it)"
          placeholder="plex"
          maxLength={255}
          isCode
          value={draft.serviceName}
          onChange={(serviceName) => change({ serviceName })}
        />
      )}
    </>
  );
}

function AutoTerms({ draft, change, canKeep }: PartProps & { canKeep: boolean }) {
  const id = useId();
  return (
    <>
      <div className="form-row">
        <label htmlFor={id}>It ends after</label>
        <select
          id={id}
          className="line-input is-tall"
          value={draft.days}
          onChange={(event) => change({ days: event.target.value })}
        >
          {canKeep && <option value="keep">As it is</option>}
          <option value="7">A week</option>
          <option value="30">30 days</option>
          <option value="90">90 days</option>
          <option value="365">A year</option>
        </select>
      </div>
      <Check label="Only in some hours" isOn={draft.hasHours} onChange={(hasHours) => change({ hasHours })} />
      {draft.hasHours && (
        <>
          <TextField label="From" type="time" value={draft.from} onChange={(from) => change({ from })} />
          <TextField label="To" type="time" value={draft.to} onChange={(to) => change({ to })} />
          <TextField
            label="Time zone"
            isCode
            value={draft.timeZone}
            onChange={(timeZone) => change({ timeZone })}
          />
        </>
      )}
    </>
  );
}

/** What it does without being asked, and whether it only says what it would do. */
function Automatic({ draft, change }: PartProps) {
  const canAct = draft.mode === 'auto' || draft.remediate;
  return (
    <>
      {draft.serverId !== '' && (
        <Check
          label="Ask for a restart when a service is down"
          hint="Not when it ended cleanly, as one does that somebody has stopped."
          isOn={draft.remediate}
          onChange={(remediate) => change({ remediate })}
        />
      )}
      {draft.serverId !== '' && draft.remediate && (
        <TextField
          label="When it has been down for"
          unit="s"
          inputMode="numeric"
          value={draft.waitS}
          onChange={(waitS) => change({ waitS })}
        />
      )}
      {canAct && draft.mode !== 'two_person' && (
        <Check
          label="In shadow"
          hint="It only writes down what it would have done."
          isOn={draft.shadow}
          onChange={(shadow) => change({ shadow })}
        />
      )}
    </>
  );
}
