import type { Alert } from '@homelabcmd/protocol';
import { dayClock, hourMinute } from '../../lib/time-words.ts';
import { Glyph } from '../../ui/glyphs/glyph.tsx';
import { Ago, At } from '../../ui/time.tsx';

const DAY_MS = 86_400_000;

/** `12:00`, or with its day where that is not within a day. */
export const untilWords = (iso: string): string =>
  Math.abs(Date.parse(iso) - Date.now()) < DAY_MS ? hourMinute(Date.parse(iso)) : dayClock(iso).slice(0, -3);

/** Who looks after it, or wanted to hear nothing of it, and until when. */
export function SeenTo({ alert }: { alert: Alert }) {
  const { acknowledged, escalated_at, silenced } = alert;
  return (
    <>
      {acknowledged !== null && (
        <p className="small seen-to">
          <span className="badge">
            <Glyph look={{ shape: 'ringTick', tone: 'mute' }} />
            Acknowledged
          </span>{' '}
          <span className="dim">
            by {acknowledged.by}, <Ago at={acknowledged.at} />
            {acknowledged.note === null ? '.' : `: “${acknowledged.note}”`}
          </span>
        </p>
      )}
      {silenced !== null && (
        <p className="small dim seen-to">
          Silenced by {silenced.by}{' '}
          {silenced.until === null ? (
            'as long as the maintenance lasts'
          ) : (
            <>
              until <At at={silenced.until} of={untilWords} />
            </>
          )}
          {silenced.reason === null ? '.' : `: “${silenced.reason}”`}
        </p>
      )}
      {escalated_at !== null && alert.state === 'firing' && (
        <p className="small seen-to">
          <span className="badge is-bad">Escalated</span>{' '}
          <span className="dim">
            <Ago at={escalated_at} />: nobody had acknowledged it.
          </span>
        </p>
      )}
    </>
  );
}
