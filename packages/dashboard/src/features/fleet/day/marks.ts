import type { DayMark } from '@homelabcmd/protocol';
import { hourMinute } from '../../../lib/time-words.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const TICK_MS = 600_000;

/** What happened within one tick, drawn as one mark. */
export interface Mark {
  readonly key: string;
  readonly kind: DayMark['kind'];
  /** Of the whole day, from 0 to 1. */
  readonly from: number;
  readonly to: number;
  /** What happened, in words: `09:35 plexmediaserver on media-01: Failed, for 12 min`. */
  readonly words: string;
  /** Short, for the drawing. */
  readonly label: string;
  readonly serverId: string;
  readonly actionId: number | null;
}

/** The day ends with the hour that runs. */
export function dayStartMs(nowMs: number): number {
  const end = new Date(nowMs);
  end.setMinutes(60, 0, 0);
  return end.getTime() - DAY_MS;
}

const what = (mark: DayMark): string =>
  mark.service_name === null ? mark.server_id : `${mark.service_name} on ${mark.server_id}`;

function wordsOf(mark: DayMark): string {
  const lasted =
    mark.kind === 'restart'
      ? ''
      : mark.until === null
        ? ', and still so'
        : `, until ${hourMinute(Date.parse(mark.until))}`;
  return `${hourMinute(Date.parse(mark.at))} ${what(mark)}: ${mark.detail}${lasted}`;
}

/** The marks of a day that begins at `startMs`, oldest first; what happened in one tick to the same end is one mark. */
export function marksOf(marks: readonly DayMark[], startMs: number, nowMs: number): readonly Mark[] {
  const endOf = (mark: DayMark) => (mark.until === null ? nowMs : Date.parse(mark.until));
  const inDay = marks.filter((mark) => endOf(mark) >= startMs);
  const slots = Map.groupBy(inDay, (mark) => {
    const atMs = Math.max(Date.parse(mark.at), startMs);
    return `${mark.kind === 'restart' ? 'restart' : 'down'} ${Math.floor((atMs - startMs) / TICK_MS)}`;
  });
  return [...slots].flatMap(([key, [first, ...others]]): Mark[] => {
    if (first === undefined) return [];
    const all = [first, ...others];
    const from = Math.max(0, (Date.parse(first.at) - startMs) / DAY_MS);
    const to = Math.max(...all.map((mark) => (endOf(mark) - startMs) / DAY_MS));
    return [
      {
        key,
        kind: first.kind,
        from,
        to: Math.max(from, Math.min(to, 1)),
        words: all.map(wordsOf).join('; '),
        label: [...new Set(all.map((mark) => mark.service_name ?? mark.server_id))].join(', '),
        serverId: first.server_id,
        actionId: first.action_id,
      },
    ];
  });
}

const CHARACTER = 0.0053;
const GAP = 0.012;

/** The marks that have room for their label, the newest first; each with the side on which it stands. */
export function labelled(marks: readonly Mark[]): ReadonlyMap<string, 'left' | 'right'> {
  const sides = new Map<string, 'left' | 'right'>();
  let freeUntil = 1 + GAP;
  for (const mark of marks.toReversed()) {
    const width = mark.label.length * CHARACTER;
    const end = mark.from + width;
    if (end + GAP <= freeUntil) {
      sides.set(mark.key, 'right');
      freeUntil = mark.from;
    } else if (sides.size === 0 && mark.from - width >= 0) {
      sides.set(mark.key, 'left');
      freeUntil = mark.from - width;
    }
  }
  return sides;
}
