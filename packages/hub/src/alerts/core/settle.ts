import type { Alert } from '@homelabcmd/protocol';
import { timestamp } from '../../lib/clock.ts';
import { ALL_RULES } from '../rules/registry.ts';
import { settleFleet } from './fleet/fleet.ts';
import { causeOf, conditionOf, heldUntilMs, ripeMs, type Scene, sceneOf, silencedBy } from './held.ts';
import { settleJobs } from './jobs.ts';
import type { Condition, Draft, Subject } from './memory.ts';
import { refresh, settleOpen } from './open.ts';
import { PACE } from './pace.ts';
import { newAlert, shownOf } from './shown.ts';
import { addLine } from './story/story.ts';
import { say, tell } from './tell.ts';

const RANK = new Map(ALL_RULES.map(({ kind }, n) => [kind, n]));

/** Brings every alert up to what is known at this moment. Done twice, it changes nothing the second time. */
export function settle(draft: Draft, nowMs: number): void {
  endSilences(draft, nowMs);
  settleFleet(draft, nowMs);
  settleJobs(draft, nowMs);
  const scene = sceneOf(draft, nowMs);
  const order = draft
    .all('subjects')
    .sort(([a, { kind }], [b, { kind: other }]) => {
      const rank = (RANK.get(kind) ?? 0) - (RANK.get(other) ?? 0);
      return rank !== 0 ? rank : a < b ? -1 : 1;
    })
    .map(([key]) => key);
  for (const key of order) settleSubject(scene, key);
  countHeldBack(draft);
}

function endSilences(draft: Draft, nowMs: number): void {
  for (const [key, { silence_id, until }] of draft.all('silences')) {
    if (Date.parse(until) > nowMs) continue;
    draft.put('silences', key, null);
    draft.told.push({ type: 'silence.ended', silenceId: silence_id, actor: 'hub' });
  }
}

function settleSubject(scene: Scene, key: string): void {
  const subject = scene.draft.get('subjects', key);
  if (subject === null) return;
  const condition = conditionOf(scene, subject);
  if (condition === null) settleAway(scene, key, subject);
  else if (subject.open === null || subject.open.alert.state === 'pending')
    settleComing(scene, key, subject, condition);
  else settleOpen(scene, key, { ...subject, open: subject.open }, condition);
}

/** What holds, though its rule is off: no fact says it once more when the rule is on again. */
const unheardOf = ({ condition }: Subject, nowMs: number): Subject['condition'] =>
  (condition?.untilMs ?? Infinity) <= nowMs ? null : condition;

/** It does not hold any more, or its rule is off. */
function settleAway({ draft, nowMs }: Scene, key: string, subject: Subject): void {
  const { open } = subject;
  const condition = unheardOf(subject, nowMs);
  const firedMs = subject.firedMs.filter((ms) => ms > nowMs - PACE.flapMs);
  const closed: Subject = { ...subject, condition, open: null, awayMs: null, firedMs };
  const isForgotten = firedMs.length === 0 && condition === null;
  const close = () => draft.put('subjects', key, isForgotten ? null : closed);
  if (open === null) {
    if (firedMs.length !== subject.firedMs.length || subject.condition !== condition || isForgotten) close();
    return;
  }
  if (open.alert.state === 'pending') {
    close();
    draft.told.push({ type: 'alert.forgotten', alert: open.alert });
    return;
  }
  const awayMs = subject.awayMs ?? nowMs;
  if (open.alert.flapping && nowMs < awayMs + PACE.calmMs) {
    if (subject.awayMs === null) draft.put('subjects', key, { ...subject, condition, awayMs });
    return;
  }
  // Of many servers it is said how it ended.
  const title =
    subject.kind === 'fleet_change' ? (subject.condition?.title ?? open.alert.title) : open.alert.title;
  const alert: Alert = {
    ...{ ...open.alert, title, state: 'resolved', resolved_at: timestamp(nowMs), held_back: 0 },
  };
  draft.told.push({ type: 'alert.resolved', key, alert, actor: 'hub' });
  addLine(draft, { ...open, alert }, { kind: 'seen', at: timestamp(nowMs), text: 'It is over.' });
  close();
}

/** It holds, and nobody was told yet. */
function settleComing(scene: Scene, key: string, subject: Subject, condition: Condition): void {
  const { draft, nowMs } = scene;
  const cause = causeOf(scene, subject);
  const isRipe = nowMs >= ripeMs(scene, subject, condition);
  if (!isRipe || (cause === null && nowMs < heldUntilMs(scene, subject))) {
    if (subject.open === null) open(scene, key, subject, condition);
    else refresh(scene, key, { ...subject, open: subject.open }, condition);
    return;
  }
  const silenced = silencedBy(scene, subject);
  const isTold = cause === null && silenced.by === null;
  const firedMs = subject.firedMs.filter((ms) => ms > nowMs - PACE.flapMs);
  const flapping = isTold && firedMs.length + 1 >= PACE.flaps;
  const before = subject.open ?? newAlert(scene, subject, condition);
  const shown = shownOf(draft, subject, condition);
  const alert: Alert = {
    ...{ ...before.alert, ...shown, state: 'firing', fired_at: timestamp(nowMs), flapping },
    ...{
      suppressed: cause && { cause_alert_id: cause.alertId, reason: cause.reason },
      silenced: silenced.shown,
    },
    title: flapping ? `${shown.title}, again and again`.slice(0, 500) : shown.title,
  };
  const told = { ...before, alert, silencedBy: silenced.by, toldMs: isTold ? nowMs : null };
  tell(draft, isTold ? 'alert.fired' : 'alert.suppressed', key, {
    ...{ ...subject, condition, awayMs: null, firedMs: isTold ? [...firedMs, nowMs] : firedMs },
    open: told,
  });
  const why = alert.detail === null ? '' : `: ${alert.detail}`;
  const quiet = cause?.reason ?? (silenced.by === null ? null : 'Nobody is told, because it is silenced.');
  say(draft, key, `${shown.title}${why}${quiet === null ? '' : ` — ${quiet}`}`, nowMs);
}

/** It has begun, and has to hold for some time. */
function open(scene: Scene, key: string, subject: Subject, condition: Condition): void {
  const { draft } = scene;
  const pending = newAlert(scene, subject, condition);
  tell(draft, 'alert.pending', key, { ...subject, condition, open: pending });
}

function countHeldBack(draft: Draft): void {
  const counts = new Map<number, number>();
  const all = draft.all('subjects');
  for (const [, { open: told }] of all) {
    const cause = told?.alert.suppressed?.cause_alert_id;
    if (cause !== undefined) counts.set(cause, (counts.get(cause) ?? 0) + 1);
  }
  for (const [key, subject] of all) {
    const told = subject.open;
    const count = counts.get(told?.alert.alert_id ?? 0) ?? 0;
    if (told === null || told.alert.held_back === count) continue;
    const alert = { ...told.alert, held_back: count };
    tell(draft, 'alert.changed', key, { ...subject, open: { ...told, alert } });
  }
}
