import { type KeyboardEvent, useMemo, useState } from 'react';
import type { Availability } from '../../api/timeline/service-history.ts';
import { availabilitySentence, barsOf, dayWords } from './day-words.ts';

/** A bar for each day, and what the chosen one says. One Tab reaches them, the arrows move in them. */
export function DayBars({ availability }: { availability: Availability }) {
  const bars = useMemo(() => barsOf(availability), [availability]);
  const [chosen, setChosen] = useState<number | null>(null);
  const last = bars.length - 1;
  const stop = chosen === null ? last : Math.min(chosen, last);
  const move = (event: KeyboardEvent<HTMLOListElement>) => {
    const to: Readonly<Record<string, number>> = {
      ...{ ArrowLeft: stop - 1, ArrowRight: stop + 1, Home: 0, End: last },
    };
    const next = to[event.key];
    if (next === undefined || next < 0 || next > last) return;
    event.preventDefault();
    setChosen(next);
    event.currentTarget.querySelectorAll('button')[next]?.focus();
  };
  return (
    <div className="days">
      <ol aria-label="Availability of each day" onKeyDown={move}>
        {bars.map(({ day, look, words }, n) => (
          <li key={day} data-look={look}>
            <button
              type="button"
              tabIndex={n === stop ? 0 : -1}
              title={words}
              aria-label={words}
              onFocus={() => setChosen(n)}
              onClick={() => setChosen(n)}
            />
          </li>
        ))}
      </ol>
      <p className="days-ends" aria-hidden="true">
        <span>{dayWords(availability.from)}</span>
        <span>{dayWords(availability.to)}</span>
      </p>
      <p className="days-said">
        {chosen === null ? availabilitySentence(availability) : (bars[stop]?.words ?? '')}
      </p>
      <p className="days-legend" aria-hidden="true">
        <span data-look="well">no failure seen</span>
        <span data-look="short">down for a while</span>
        <span data-look="bad">down for more than a twentieth</span>
        <span data-look="unknown">its server was silent</span>
        <span data-look="none">not counted</span>
      </p>
    </div>
  );
}
