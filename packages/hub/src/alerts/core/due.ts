import { conditionOf, heldUntilMs, ripeMs, type Scene, sceneOf } from './held.ts';
import { dueOfJob } from './jobs.ts';
import type { Draft, Subject } from './memory.ts';
import { PACE } from './pace.ts';
import { remindersOf } from './open.ts';

/** The next moment after this one at which something changes by itself; `Infinity`: none does. */
export function nextDue(draft: Draft, afterMs: number): number {
  const scene = sceneOf(draft, afterMs);
  let next = Infinity;
  const at = (ms: number) => {
    if (ms > afterMs && ms < next) next = ms;
  };
  for (const [, { until }] of draft.all('silences')) at(Date.parse(until));
  for (const [, { maintenance }] of draft.all('servers'))
    if (maintenance.on && maintenance.until !== null) at(Date.parse(maintenance.until));
  for (const [, job] of draft.all('jobs')) at(dueOfJob(job) + job.graceMs);
  for (const [, subject] of draft.all('subjects')) for (const ms of momentsOf(scene, subject)) at(ms);
  return next;
}

function momentsOf(scene: Scene, subject: Subject): number[] {
  const { open, awayMs, firedMs } = subject;
  const condition = conditionOf(scene, subject);
  if (condition === null)
    return [...(awayMs === null ? [] : [awayMs + PACE.calmMs]), ...firedMs.map((ms) => ms + PACE.flapMs)];
  const until = condition.untilMs ?? Infinity;
  const held = heldUntilMs(scene, subject);
  const ripe = ripeMs(scene, subject, condition);
  if (open === null || open.alert.state === 'pending') return [until, ripe, Math.max(ripe, held)];
  const reminders = remindersOf(scene.draft, subject);
  return [until, held, reminders?.repeatMs ?? Infinity, reminders?.escalateMs ?? Infinity];
}
