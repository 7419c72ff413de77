import type { PointerEvent, ReactNode } from 'react';
import { useTicking } from '../lib/hub-clock.ts';
import { absolute, age, ago } from '../lib/time-words.ts';

/** Writes the exact time when the pointer comes: a fleet shows hundreds of times, and nobody reads them all exactly. */
const tellExactly = ({ currentTarget }: PointerEvent<HTMLTimeElement>): void => {
  currentTarget.title = absolute(currentTarget.dateTime);
};

function Moment({ at, children }: { at: string; children: ReactNode }) {
  return (
    <time dateTime={at} onPointerEnter={tellExactly}>
      {children}
    </time>
  );
}

/** A moment, told as an age that stays true, with the exact time on hover. */
export function Ago({ at }: { at: string }) {
  return <Moment at={at}>{useTicking((nowMs) => ago(nowMs - Date.parse(at)))}</Moment>;
}

/** Only the length: `41 d`. */
export function Age({ at }: { at: string }) {
  return <Moment at={at}>{useTicking((nowMs) => age(nowMs - Date.parse(at)))}</Moment>;
}

/** A moment on a clock, in the words of `of`. */
export function At({ at, of }: { at: string; of: (iso: string) => string }) {
  return <Moment at={at}>{of(at)}</Moment>;
}
