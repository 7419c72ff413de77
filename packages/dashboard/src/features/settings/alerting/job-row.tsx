import type { WatchedJob } from '@homelabcmd/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useMay } from '../../../api/access/may.ts';
import { deleteJob } from '../../../api/alerts/jobs.ts';
import { durationWords } from '../../../lib/duration.ts';
import { dayClock } from '../../../lib/time-words.ts';
import { Button } from '../../../ui/button.tsx';
import { Glyph, type Look, StatusWord } from '../../../ui/glyphs/glyph.tsx';
import { Ago, At } from '../../../ui/time.tsx';
import { RemoveStrip } from '../remove-strip.tsx';

const LOOKS: Record<WatchedJob['state'], Look> = {
  waiting: { shape: 'clock', tone: 'mute', word: 'Waits for its first call' },
  well: { shape: 'disc', tone: 'ok', word: 'Well' },
  overdue: { shape: 'diamondHollow', tone: 'bad', word: 'Overdue' },
  failed: { shape: 'diamond', tone: 'bad', word: 'Failed' },
};

export function JobRow({ job }: { job: WatchedJob }) {
  const { due_at, every_ms, grace_ms, kind, last_failure, last_ping_at, name, state } = job;
  const client = useQueryClient();
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
      {isAsking && (
        <RemoveStrip
          name={name}
          words="Its address is good for nothing then, and nobody is told when it does not call."
          route="deleteJob"
          remove={() => deleteJob(client, job.job_id)}
          onKeep={() => setAsking(false)}
        />
      )}
    </li>
  );
}
