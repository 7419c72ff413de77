import type { Alert, AlertSeverity } from '@homelabcmd/protocol';
import { timestamp } from '../../lib/clock.ts';
import { ALL_RULES, ruleOf, settingsOf } from '../rules/registry.ts';
import { settleFleet } from './fleet.ts';
import { causeOf, conditionOf, heldUntilMs, ripeMs, type Scene, sceneOf, silencedBy } from './held.ts';
import { settleJobs } from './jobs.ts';
import type { Condition, Draft, OpenAlert, Subject, Told } from './memory.ts';
import { PACE } from './pace.ts';
import { addLine } from './story.ts';

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

/** It does not hold any more. */
function settleAway({ draft, nowMs }: Scene, key: string, subject: Subject): void {
  const { open } = subject;
  const firedMs = subject.firedMs.filter((ms) => ms > nowMs - PACE.flapMs);
  const closed: Subject = { ...subject, condition: null, open: null, awayMs: null, firedMs };
  const close = () => draft.put('subjects', key, firedMs.length === 0 ? null : closed);
  if (open === null) {
    if (firedMs.length !== subject.firedMs.length || subject.condition !== null || firedMs.length === 0)
      close();
    return;
  }
  if (open.alert.state === 'pending') {
    close();
    draft.told.push({ type: 'alert.forgotten', alert: open.alert });
    return;
  }
  const awayMs = subject.awayMs ?? nowMs;
  if (open.alert.flapping && nowMs < awayMs + PACE.calmMs) {
    if (subject.awayMs === null) draft.put('subjects', key, { ...subject, condition: null, awayMs });
    return;
  }
  const alert: Alert = {
    ...{ ...open.alert, state: 'resolved', resolved_at: timestamp(nowMs), held_back: 0 },
    // Whatever was its cause, or kept it quiet: it is over.
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

type Opened = Subject & { readonly open: OpenAlert };

/** People know of it, or would, but for its cause or a silence. */
function settleOpen(scene: Scene, key: string, given: Opened, condition: Condition): void {
  const { draft, nowMs } = scene;
  let subject = given;
  if (subject.awayMs !== null) {
    const { alert } = subject.open;
    subject = {
      ...subject,
      awayMs: null,
      open: { ...subject.open, alert: { ...alert, came_back: alert.came_back + 1 } },
    };
    tell(draft, 'alert.changed', key, subject);
    say(draft, key, 'It came back.', nowMs);
    subject = opened(draft, key) ?? subject;
  }
  refresh(scene, key, subject, condition);
  subject = opened(draft, key) ?? subject;
  quieten(scene, key, subject);
  subject = opened(draft, key) ?? subject;
  remind(scene, key, subject);
}

function opened(draft: Draft, key: string): Opened | null {
  const subject = draft.get('subjects', key);
  return subject?.open ? { ...subject, open: subject.open } : null;
}

/** What it says has changed. */
function refresh({ draft, nowMs }: Scene, key: string, subject: Opened, condition: Condition): void {
  const { alert } = subject.open;
  const shown = shownOf(draft, subject, condition);
  const severity = alert.escalated_at === null ? shown.severity : alert.severity;
  const actionId = shown.action_id ?? alert.action_id;
  const isReading = condition.value !== null;
  const next = {
    ...{ ...alert, severity, action_id: actionId },
    ...(isReading || alert.flapping ? {} : { title: shown.title, detail: shown.detail, lines: shown.lines }),
  };
  if (JSON.stringify(next) === JSON.stringify(alert)) return;
  tell(draft, 'alert.changed', key, { ...subject, open: { ...subject.open, alert: next } });
  const isNews = next.title !== alert.title || next.detail !== alert.detail;
  if (isNews) say(draft, key, `${next.title}${next.detail === null ? '' : `: ${next.detail}`}`, nowMs);
}

/** Its cause came or went, or a silence did. What was not told before is told when both are gone. */
function quieten(scene: Scene, key: string, subject: Opened): void {
  const { draft, nowMs } = scene;
  const { alert, toldMs } = subject.open;
  const cause = causeOf(scene, subject);
  // Its cause has just gone: it may be about to pass too.
  if (cause === null && alert.suppressed !== null && nowMs < heldUntilMs(scene, subject)) return;
  const silenced = silencedBy(scene, subject);
  const suppressed = cause && { cause_alert_id: cause.alertId, reason: cause.reason };
  const isSame =
    suppressed?.cause_alert_id === alert.suppressed?.cause_alert_id &&
    JSON.stringify(silenced.shown) === JSON.stringify(alert.silenced);
  if (isSame) return;
  const isQuiet = suppressed !== null || silenced.by !== null;
  const wasQuiet = alert.suppressed !== null || alert.silenced !== null;
  const next: OpenAlert = {
    ...{ ...subject.open, silencedBy: silenced.by },
    alert: { ...alert, suppressed, silenced: silenced.shown },
  };
  if (isQuiet) {
    tell(draft, wasQuiet || suppressed === null ? 'alert.changed' : 'alert.suppressed', key, {
      ...subject,
      open: next,
    });
    say(draft, key, suppressed?.reason ?? 'It is silenced.', nowMs);
  } else if (toldMs === null) {
    const firedMs = [...subject.firedMs.filter((ms) => ms > nowMs - PACE.flapMs), nowMs];
    tell(draft, 'alert.fired', key, { ...subject, firedMs, open: { ...next, toldMs: nowMs } });
    say(draft, key, 'It still holds, and is told now.', nowMs);
  } else if (alert.silenced !== null && alert.state === 'firing') {
    const repeated = { ...next.alert, repeats: alert.repeats + 1 };
    tell(draft, 'alert.repeated', key, { ...subject, open: { ...next, alert: repeated, remindedMs: nowMs } });
    say(draft, key, 'The silence has ended, and it still holds.', nowMs);
  } else tell(draft, 'alert.changed', key, { ...subject, open: next });
}

/** People are reminded, and others are told, as long as nobody looks after it. */
function remind({ draft, nowMs }: Scene, key: string, subject: Opened): void {
  const { alert } = subject.open;
  const due = remindersOf(draft, subject);
  if (due === null) return;
  if (due.escalateMs <= nowMs) {
    const escalated = { ...alert, severity: 'critical' as const, escalated_at: timestamp(nowMs) };
    tell(draft, 'alert.escalated', key, {
      ...subject,
      open: { ...subject.open, alert: escalated, remindedMs: nowMs },
    });
    say(draft, key, 'Nobody looked after it: it is told as critical.', nowMs);
  } else if (due.repeatMs <= nowMs) {
    const repeated = { ...alert, repeats: alert.repeats + 1 };
    tell(draft, 'alert.repeated', key, {
      ...subject,
      open: { ...subject.open, alert: repeated, remindedMs: nowMs },
    });
  }
}

/** `null`: nobody is to be reminded. */
export function remindersOf(draft: Draft, { kind, open: told, awayMs }: Subject) {
  if (told === null || told.toldMs === null || awayMs !== null) return null;
  const { state, suppressed, silenced, escalated_at } = told.alert;
  if (state !== 'firing' || suppressed !== null || silenced !== null) return null;
  const { repeat_ms, escalate_ms } = settingsOf(draft, kind);
  return {
    repeatMs: repeat_ms === null ? Infinity : (told.remindedMs ?? told.toldMs) + repeat_ms,
    escalateMs: escalate_ms === null || escalated_at !== null ? Infinity : told.toldMs + escalate_ms,
  };
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

type Shown = Pick<Alert, 'title' | 'detail' | 'lines' | 'measured' | 'severity' | 'action_id'>;

function shownOf(draft: Draft, { kind, serverId, id, label }: Subject, condition: Condition): Shown {
  const settings = settingsOf(draft, kind);
  const rule = ruleOf(kind);
  const severity: AlertSeverity =
    condition.isCritical && settings.severity_if_critical !== null
      ? settings.severity_if_critical
      : settings.severity;
  const rest = {
    detail: condition.detail,
    lines: [...condition.lines],
    severity,
    action_id: condition.actionId,
  };
  if (condition.value === null || rule.words === undefined || rule.unit === null)
    return { ...rest, title: condition.title, measured: null };
  const value = draft.readings.get(`${kind} ${serverId ?? ''} ${id}`) ?? condition.value;
  const server = draft.get('servers', serverId ?? '')?.name ?? serverId ?? '';
  return {
    ...{ ...rest, title: rule.words(server, label, value).slice(0, 500) },
    measured: { value, limit: settings.limit ?? value, unit: rule.unit },
  };
}

function newAlert({ draft }: Scene, subject: Subject, condition: Condition): OpenAlert {
  const alert_id = draft.fleet.lastAlertId + 1;
  draft.setFleet({ lastAlertId: alert_id });
  const { kind, serverId, label } = subject;
  const alert: Alert = {
    ...{ alert_id, kind, state: 'pending', server_id: serverId, subject: label },
    ...{ ...shownOf(draft, subject, condition), since: timestamp(condition.sinceMs) },
    ...{ fired_at: null, resolved_at: null, acknowledged: null, suppressed: null, silenced: null },
    ...{ held_back: 0, flapping: false, came_back: 0, repeats: 0, escalated_at: null, revision: 0 },
  };
  return { alert, toldMs: null, remindedMs: null, silencedBy: null, lines: 0 };
}

type AlertTold = Extract<Told, { key: string }>['type'];

/** Keeps the subject as it is now, and tells of its alert. */
export function tell(draft: Draft, type: AlertTold, key: string, subject: Opened, actor = 'hub'): void {
  draft.put('subjects', key, subject);
  draft.told.push({ type, key, alert: subject.open.alert, actor });
}

function say(draft: Draft, key: string, text: string, nowMs: number): void {
  const subject = opened(draft, key);
  if (subject === null) return;
  const lines = addLine(draft, subject.open, { kind: 'seen', at: timestamp(nowMs), text });
  draft.put('subjects', key, { ...subject, open: { ...subject.open, lines } });
}
