import type { DayMark } from '@homelabcmd/protocol';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { dayClock, hourMinute } from '../../lib/time-words.ts';

const FIRST = 3;
const DAY_MS = 86_400_000;

interface MarkListProps {
  readonly serverId: string;
  readonly marks: readonly DayMark[];
  /** `the last hour`. */
  readonly words: string;
}

/** What the rules in the charts are, newest first; each leads to the time line around it. */
export function MarkList({ serverId, marks, words }: MarkListProps) {
  const [showsAll, setShowsAll] = useState(false);
  if (marks.length === 0) return <p className="chart-quiet">Nothing happened in {words}.</p>;
  const newest = marks.toReversed();
  const shown = showsAll ? newest : newest.slice(0, FIRST);
  return (
    <div className="chart-marks">
      <ol aria-label={`What happened in ${words}`}>
        {shown.map((mark) => (
          <li key={mark.event_id} data-kind={mark.kind}>
            <Link
              className="link"
              to="/servers/$serverId/timeline"
              params={{ serverId }}
              search={{ at: mark.at, service: mark.service_name ?? undefined }}
            >
              {wordsOf(mark)}
            </Link>
          </li>
        ))}
      </ol>
      {newest.length > FIRST && (
        <button
          type="button"
          className="link"
          aria-expanded={showsAll}
          onClick={() => setShowsAll(!showsAll)}
        >
          {showsAll ? 'Show fewer' : `and ${newest.length - FIRST} more`}
        </button>
      )}
    </div>
  );
}

/** `plex: failed, 09:35`; of another day with it. */
function wordsOf({ at, service_name, detail }: DayMark): string {
  const atMs = Date.parse(at);
  const isToday = Date.now() - atMs < DAY_MS;
  const what = detail.charAt(0).toLowerCase() + detail.slice(1);
  const moment = isToday ? hourMinute(atMs) : dayClock(at);
  return service_name === null ? `${detail}, ${moment}` : `${service_name}: ${what}, ${moment}`;
}
