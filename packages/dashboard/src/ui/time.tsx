import { useTicking } from '../lib/hub-clock.ts';
import { absolute, age, ago } from '../lib/time-words.ts';

/** A moment, told as an age that stays true, with the exact time on hover. */
export function Ago({ at }: { at: string }) {
  const words = useTicking((nowMs) => ago(nowMs - Date.parse(at)));
  return (
    <time dateTime={at} title={absolute(at)}>
      {words}
    </time>
  );
}

/** Only the length: `41 d`. */
export function Age({ at }: { at: string }) {
  const words = useTicking((nowMs) => age(nowMs - Date.parse(at)));
  return (
    <time dateTime={at} title={absolute(at)}>
      {words}
    </time>
  );
}

/** A moment on a clock, in the words of `of`. */
export function At({ at, of }: { at: string; of: (iso: string) => string }) {
  return (
    <time dateTime={at} title={absolute(at)}>
      {of(at)}
    </time>
  );
}
