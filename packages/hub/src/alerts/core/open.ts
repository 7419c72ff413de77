import { timestamp } from '../../lib/clock.ts';
import { settingsOf } from '../rules/registry.ts';
import { causeOf, heldUntilMs, type Scene, silencedBy } from './held.ts';
import type { Condition, Draft, OpenAlert, Subject } from './memory.ts';
import { PACE } from './pace.ts';
import { shownOf } from './shown.ts';
import { type Opened, opened, say, tell } from './tell.ts';

/** People know of it, or would, but for its cause or a silence. */
export function settleOpen(scene: Scene, key: string, given: Opened, condition: Condition): void {
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

/** What it says has changed. */
export function refresh({ draft, nowMs }: Scene, key: string, subject: Opened, condition: Condition): void {
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
