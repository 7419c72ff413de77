import type { DayMark } from '@homelabcmd/protocol';
import { Link } from '@tanstack/react-router';
import { type CSSProperties, type KeyboardEvent, memo, useMemo, useState } from 'react';
import { useTicking } from '../../../lib/hub-clock.ts';
import { hourMinute } from '../../../lib/time-words.ts';
import { DAY_MS, HOUR_MS, type Mark, TICK_MS, dayStartMs, labelled, marksOf } from './marks.ts';

const MINUTE_MS = 60_000;
const TICKS = DAY_MS / TICK_MS;
const TICKS_OF_HOUR = HOUR_MS / TICK_MS;
const LABEL_EVERY_HOURS = 4;

const at = (part: number): string => `${(part * 100).toFixed(2)}%`;

/** The last 24 hours of the fleet on a ruler. */
export default function DayRuler({ marks }: { marks: readonly DayMark[] }) {
  const nowMs = useTicking((ms) => Math.floor(ms / MINUTE_MS) * MINUTE_MS);
  return <Ruler marks={marks} nowMs={nowMs} />;
}

const Ruler = memo(function Ruler({ marks, nowMs }: { marks: readonly DayMark[]; nowMs: number }) {
  const startMs = dayStartMs(nowMs);
  const shown = useMemo(() => marksOf(marks, startMs, nowMs), [marks, startMs, nowMs]);
  const sides = useMemo(() => labelled(shown), [shown]);
  if (shown.length === 0) return null;
  return (
    <figure className="ruler" aria-label="The last 24 hours">
      <Ticks />
      <span className="ruler-now" style={{ left: at((nowMs - startMs) / DAY_MS) }} aria-hidden="true" />
      <Marks marks={shown} sides={sides} />
      <p className="ruler-hours" aria-hidden="true">
        {Array.from({ length: 24 / LABEL_EVERY_HOURS + 1 }, (_, step) => (
          <span key={step} style={{ left: at((step * LABEL_EVERY_HOURS) / 24) }}>
            {hourMinute(startMs + step * LABEL_EVERY_HOURS * HOUR_MS)}
          </span>
        ))}
      </p>
    </figure>
  );
});

/** A tick every ten minutes, a longer one every hour. */
function Ticks() {
  let small = '';
  let large = '';
  for (let tick = 0; tick <= TICKS; tick += 1) {
    if (tick % TICKS_OF_HOUR === 0) large += `M${tick} 0V12`;
    else small += `M${tick} 4V12`;
  }
  return (
    <svg className="ruler-ticks" viewBox={`0 0 ${TICKS} 12`} preserveAspectRatio="none" aria-hidden="true">
      <path className="small-tick" d={small} />
      <path className="hour-tick" d={large} />
    </svg>
  );
}

interface MarksProps {
  readonly marks: readonly Mark[];
  readonly sides: ReturnType<typeof labelled>;
}

/** The marks are links, and their list is what the ruler says in words. One Tab reaches it, the arrows move in it. */
function Marks({ marks, sides }: MarksProps) {
  const [entered, setEntered] = useState<string | undefined>(undefined);
  const stop = marks.find((mark) => mark.key === entered) ?? marks.at(-1);
  const move = (event: KeyboardEvent<HTMLOListElement>) => {
    const by = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
    if (by === 0) return;
    event.preventDefault();
    const links = [...event.currentTarget.querySelectorAll('a')];
    const index = links.findIndex((link) => link === document.activeElement);
    links[Math.min(Math.max(index + by, 0), links.length - 1)]?.focus();
  };
  return (
    <ol className="ruler-marks" aria-label="What happened in the last 24 hours" onKeyDown={move}>
      {marks.map((mark) => (
        <li
          key={mark.key}
          data-kind={mark.kind}
          style={{ '--from': at(mark.from), '--length': at(mark.to - mark.from) } as CSSProperties}
        >
          <MarkLink mark={mark} isStop={mark === stop} onEnter={() => setEntered(mark.key)} />
          {sides.has(mark.key) && (
            <span className="ruler-label wide-col" data-side={sides.get(mark.key)} aria-hidden="true">
              {mark.label}
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}

interface MarkLinkProps {
  readonly mark: Mark;
  readonly isStop: boolean;
  readonly onEnter: () => void;
}

function MarkLink({ mark, isStop, onEnter }: MarkLinkProps) {
  const common = {
    className: 'ruler-mark',
    'aria-label': mark.words,
    title: mark.words,
    tabIndex: isStop ? 0 : -1,
    onFocus: onEnter,
  };
  return mark.actionId === null ? (
    <Link {...common} to="/servers/$serverId" params={{ serverId: mark.serverId }} />
  ) : (
    <Link {...common} to="/actions/$actionId" params={{ actionId: String(mark.actionId) }} />
  );
}
