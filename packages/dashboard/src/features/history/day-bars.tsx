import { type KeyboardEvent, type PointerEvent, useMemo, useState } from 'react';
import type { Availability } from '../../api/timeline/service-history.ts';
import { availabilitySentence, barsOf, dayWords } from './day-words.ts';
import { TimesTable } from './times-table.tsx';

/** A bar for each day, and what the one says that a pointer or the arrows have chosen. To readers of text it is a slider. */
export function DayBars({ availability }: { availability: Availability }) {
  const bars = useMemo(() => barsOf(availability), [availability]);
  const [chosen, setChosen] = useState<number | null>(null);
  const [isTable, setIsTable] = useState(false);
  const last = bars.length - 1;
  const now = Math.min(chosen ?? last, last);
  const move = (event: KeyboardEvent) => {
    const next = dayBy(event.key, now, last);
    if (next === undefined) return;
    event.preventDefault();
    setChosen(next);
  };
  const point = ({ clientX, currentTarget }: PointerEvent) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    setChosen(Math.min(Math.max(Math.floor(((clientX - left) / width) * bars.length), 0), last));
  };
  return (
    <div className="days">
      <div
        className="day-bars"
        role="slider"
        tabIndex={0}
        aria-label="Availability, a day"
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={now}
        aria-valuetext={bars[now]?.words ?? ''}
        onKeyDown={move}
        onPointerDown={point}
        onPointerMove={point}
        onPointerLeave={() => setChosen(null)}
      >
        {bars.map(({ day, look }, n) => (
          <i key={day} data-look={look} data-chosen={n === chosen || undefined} />
        ))}
      </div>
      <p className="days-ends" aria-hidden="true">
        <span>{dayWords(availability.from)}</span>
        <span>{dayWords(availability.to)}</span>
      </p>
      <p className="days-said">
        {chosen === null ? availabilitySentence(availability) : (bars[now]?.words ?? '')}
      </p>
      <div className="days-foot">
        <Legend />
        <button type="button" className="link" aria-expanded={isTable} onClick={() => setIsTable(!isTable)}>
          {isTable ? 'Hide the days' : 'Show the days as table'}
        </button>
      </div>
      {isTable && (
        <TimesTable
          label="Availability by day"
          word="Day"
          rows={availability.days.map(({ day, ...times }) => ({ name: dayWords(day), ...times }))}
        />
      )}
    </div>
  );
}

/** The day that a key leads to; `null` to none, `undefined` where it leads nowhere. */
function dayBy(key: string, now: number, last: number): number | null | undefined {
  const to: Readonly<Record<string, number | null>> = {
    ...{ ArrowLeft: Math.max(now - 1, 0), ArrowRight: Math.min(now + 1, last) },
    ...{ Home: 0, End: last, Escape: null },
  };
  return to[key];
}

function Legend() {
  return (
    <p className="days-legend" aria-hidden="true">
      <span data-look="well">no failure seen</span>
      <span data-look="short">down for a while</span>
      <span data-look="bad">down for more than a twentieth</span>
      <span data-look="unknown">its server was silent</span>
      <span data-look="none">not counted</span>
    </p>
  );
}
