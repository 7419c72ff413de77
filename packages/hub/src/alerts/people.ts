import type { Alert, api, BodyOf, Silence } from '@homelabcmd/protocol';
import { Refusal } from '../lib/refusal.ts';
import { timestamp } from '../lib/clock.ts';
import type { Draft, OpenAlert, Subject } from './core/memory.ts';
import { tell } from './core/tell.ts';
import { addLine } from './core/story/story.ts';
import { heldBackBy } from './store.ts';

const LONGEST_SILENCE_MS = 400 * 86_400_000;

interface Open {
  readonly key: string;
  readonly subject: Subject & { readonly open: OpenAlert };
}

/** @throws Refusal `alert_moved_on` for one that people do not know of, or that is over */
function openAlert(draft: Draft, alertId: number): Open {
  for (const [key, subject] of draft.all('subjects')) {
    const { open } = subject;
    if (open?.alert.alert_id !== alertId) continue;
    if (open.alert.state === 'pending')
      throw new Refusal(
        'alert_moved_on',
        'The alert is not firing: its condition has to hold for longer first.',
      );
    return { key, subject: { ...subject, open } };
  }
  throw new Refusal('alert_moved_on', 'The alert is over: nobody has to look after it any more.');
}

/** Says that somebody looks after it. Said again, it changes nothing. @throws Refusal `alert_moved_on` */
export function acknowledge(
  draft: Draft,
  nowMs: number,
  { alertId, actor, note }: { alertId: number; actor: string; note: string | null },
): Alert | null {
  const { key, subject } = openAlert(draft, alertId);
  const { open } = subject;
  if (open.alert.state === 'acknowledged') return null;
  const at = timestamp(nowMs);
  const alert: Alert = { ...open.alert, state: 'acknowledged', acknowledged: { at, by: actor, note } };
  const text = note === null || note === '' ? 'Acknowledged.' : `Acknowledged: ${note}`;
  const lines = addLine(draft, open, { kind: 'done', at, text, actor });
  tell(draft, 'alert.acknowledged', key, { ...subject, open: { ...open, alert, lines } }, actor);
  return alert;
}

/** Takes it back: people are reminded again, from now on. @throws Refusal `alert_moved_on` */
export function unacknowledge(
  draft: Draft,
  nowMs: number,
  { alertId, actor }: { alertId: number; actor: string },
): Alert | null {
  const { key, subject } = openAlert(draft, alertId);
  const { open } = subject;
  if (open.alert.state !== 'acknowledged') return null;
  const alert: Alert = { ...open.alert, state: 'firing', acknowledged: null };
  const at = timestamp(nowMs);
  const lines = addLine(draft, open, { kind: 'done', at, text: 'Took the acknowledgement back.', actor });
  const next = { ...open, alert, lines, remindedMs: nowMs };
  tell(draft, 'alert.unacknowledged', key, { ...subject, open: next }, actor);
  return alert;
}

/** @throws Refusal `invalid` for an end that is none, `not_found` for a server that is not there */
export function silence(
  draft: Draft,
  nowMs: number,
  actor: string,
  wish: BodyOf<typeof api.createSilence>,
): Silence {
  const untilMs = Date.parse(wish.until);
  const message =
    untilMs <= nowMs
      ? 'The end has passed already'
      : untilMs > nowMs + LONGEST_SILENCE_MS
        ? 'The end is at most 400 days from now'
        : null;
  if (message !== null) throw new Refusal('invalid', `${message}.`, { errors: [{ path: 'until', message }] });
  if (wish.server_id !== null && draft.get('servers', wish.server_id) === null)
    throw new Refusal('not_found', `There is no server ${wish.server_id}`);
  const silence_id = draft.fleet.lastSilenceId + 1;
  draft.setFleet({ lastSilenceId: silence_id });
  const { server_id, tag, kind, subject, until, reason } = wish;
  const made = {
    ...{ silence_id, server_id, tag, kind, subject, until, reason },
    ...{ created_at: timestamp(nowMs), created_by: actor },
  };
  draft.put('silences', String(silence_id), made);
  draft.told.push({ type: 'silence.created', silence: made, actor });
  return { ...made, held_back: 0 };
}

/** @throws Refusal `not_found` */
export function endSilence(draft: Draft, actor: string, silenceId: number): void {
  if (draft.get('silences', String(silenceId)) === null) throw noSuchSilence();
  draft.put('silences', String(silenceId), null);
  draft.told.push({ type: 'silence.ended', silenceId, actor });
}

const noSuchSilence = () => new Refusal('not_found', 'Silence not found: it may have ended.');

/** Those that have not ended, the one that ends first at the top. */
export function shownSilences(draft: Draft): Silence[] {
  return draft
    .all('silences')
    .map(([, one]) => ({ ...one, held_back: heldBackBy(draft, one.silence_id) }))
    .sort((a, b) => (a.until < b.until ? -1 : a.until > b.until ? 1 : a.silence_id - b.silence_id));
}
