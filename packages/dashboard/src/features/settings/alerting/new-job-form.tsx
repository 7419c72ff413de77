import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { type NewJob, createJob } from '../../../api/alerts/jobs.ts';
import { useSending } from '../../../api/use-sending.ts';
import { durationOf } from '../../../lib/duration.ts';
import { Button } from '../../../ui/button.tsx';
import { Choice, TextField } from '../../../ui/form/fields.tsx';

const KINDS = [
  ['job', 'A job'],
  ['backup', 'A backup'],
] as const;
const MINUTE_MS = 60_000;

export function NewJobForm({ onMade }: { onMade: (made: NewJob) => void }) {
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [kind, setKind] = useState<'job' | 'backup'>('job');
  const [every, setEvery] = useState('1 d');
  const [grace, setGrace] = useState('1 h');
  const { send, isSending, off, problem } = useSending('createJob');
  const field = useRef<HTMLInputElement>(null);
  const everyMs = durationOf(every);
  const graceMs = durationOf(grace);
  const missing =
    name.trim() === ''
      ? 'Give it a name first'
      : everyMs === null || everyMs < MINUTE_MS
        ? 'Say how often it calls: 1 min at least'
        : graceMs === null
          ? 'Say how late it may be'
          : null;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (missing !== null || everyMs === null || graceMs === null) return;
    const wish = { name: name.trim(), kind, every_ms: everyMs, grace_ms: graceMs };
    if (!(await send(async () => onMade(await createJob(client, wish))))) field.current?.focus();
  };
  return (
    <form className="new-key new-job" noValidate onSubmit={(event) => void submit(event)}>
      <TextField
        ref={field}
        label="Name of a new job"
        placeholder="borg on nas-01"
        maxLength={100}
        value={name}
        error={problem}
        onChange={setName}
      />
      <Choice label="What it is" options={KINDS} value={kind} onChange={setKind} />
      <div className="form-pair">
        <TextField label="It calls at least every" value={every} onChange={setEvery} />
        <TextField label="And may be late by" value={grace} onChange={setGrace} />
      </div>
      <p className="mt-2">
        <Button type="submit" kind="primary" off={off ?? missing} isBusy={isSending}>
          Watch the job
        </Button>
      </p>
    </form>
  );
}
