import type { WatchedJob } from '@homelabcmd/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useMay } from '../../../api/access/may.ts';
import { deleteJob } from '../../../api/alerts/jobs.ts';
import { useSending } from '../../../api/use-sending.ts';
import { durationWords } from '../../../lib/duration.ts';
import { dayClock } from '../../../lib/time-words.ts';
import { Button } from '../../../ui/button.tsx';
import { FormError } from '../../../ui/form/fields.tsx';
import { Glyph, type Look, StatusWord } from '../../../ui/glyphs/glyph.tsx';
import { Ago, At } from '../../../ui/time.tsx';

const LOOKS: Record<WatchedJob['state'], Look> = {
  waiting: { shape: 'clock', tone: 'mute', word: 'Waits for its first call' },
  well: { shape: 'disc', tone: 'ok', word: 'Well' },
  overdue: { shape: 'diamondHollow', tone: 'bad', word: 'Overdue' },
  failed: { shape: 'diamond', tone: 'bad', word: 'Failed' },
};

export function JobRow({ job }: { job: WatchedJob }) {
  const { due_at, every_ms, grace_ms, kind, last_failure, last_ping_at, name, state } = job;
  const mayRemove = useMay('deleteJob');
  const [isAsking, setAsking] = useState(false);
  const look = LOOKS[state];
  return (
    <li data-job={name} data-state={state}>
      <div className="attn-head">
        <Glyph look={look} />
        <div>
          <p className="what">
            {name} {kind === 'backup' && <span className="badge">backup</span>}
          </p>
          <p className="why">
            <StatusWord look={look} />
            {state === 'failed' && last_failure !== null && `: ${last_failure}`}.{' '}
            {last_ping_at === null ? (
              'It has never called.'
            ) : (
              <>
                Last call <Ago at={last_ping_at} />.
              </>
            )}{' '}
            {state === 'overdue' ? 'It was due' : 'Due'}{' '}
            <At at={due_at} of={(iso) => dayClock(iso).slice(0, -3)} />.
          </p>
          <p className="why dimmer">
            At least every {durationWords(every_ms)}
            {grace_ms > 0 && `, and may be ${durationWords(grace_ms)} late`}. By {job.created_by}.
          </p>
        </div>
        {mayRemove && !isAsking && (
          <div className="row-actions">
            <Button kind="quiet" aria-label={`Remove ${name}`} onClick={() => setAsking(true)}>
              Remove…
            </Button>
          </div>
        )}
      </div>
      {isAsking && <Confirm job={job} onKeep={() => setAsking(false)} />}
    </li>
  );
}

function Confirm({ job, onKeep }: { job: WatchedJob; onKeep: () => void }) {
  const client = useQueryClient();
  const { send, isSending, off, problem } = useSending('deleteJob');
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  return (
    <div
      className="strip"
      role="group"
      aria-label={`Remove ${job.name}`}
      ref={box}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onKeep();
      }}
    >
      <div className="strip-text">
        <p>Its address is good for nothing then, and nobody is told when it does not call.</p>
        {problem !== null && <FormError words={problem} />}
      </div>
      <div className="row-actions">
        <Button
          className="btn-danger"
          off={off}
          isBusy={isSending}
          onClick={() => void send(() => deleteJob(client, job.job_id))}
        >
          Remove {job.name}
        </Button>
        <Button kind="plain" onClick={onKeep}>
          Keep it
        </Button>
      </div>
    </div>
  );
}
