import { type Action, whySentence } from '@homelabcmd/protocol';
import { causeOf } from '../../../api/vocabulary/action.ts';
import { span } from '../../../lib/time-words.ts';
import { LogLines } from '../../../ui/log-lines.tsx';
import { Ago } from '../../../ui/time.tsx';

const SHOWN_LINES = 8;
const ERROR_PRIORITY = 3;

/** Why the service was down when the restart was asked for, as it was stored then. */
export function StoppedBecause({ action }: { action: Action }) {
  const { why } = action;
  if (why === null) return <span className="dim">{causeOf(action)}</span>;
  const lines = why.journal.slice(-SHOWN_LINES).map((line) => ({
    at: line.at,
    source: line.pid === null ? line.identifier : `${line.identifier}[${line.pid}]`,
    text: line.message,
    isBad: line.priority !== null && line.priority <= ERROR_PRIORITY,
  }));
  return (
    <>
      <span className="bad strong">{whySentence(why)}</span>{' '}
      {why.ran_for_ms !== null && `It had run for ${span(why.ran_for_ms)}.`}{' '}
      {why.stopped_at !== null && (
        <span className="dim">
          <Ago at={why.stopped_at} />
        </span>
      )}
      {why.journal_withheld !== undefined && <p className="note dim">{why.journal_withheld.reason}</p>}
      {lines.length > 0 && (
        <div className="mt-2">
          <LogLines lines={lines} isPlain label="Journal of the run that ended" />
        </div>
      )}
    </>
  );
}
