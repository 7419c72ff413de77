import { timestamp } from '../../lib/clock.ts';
import type { Draft, OpenAlert, Subject, Told } from './memory.ts';
import { addLine } from './story/story.ts';

export type Opened = Subject & { readonly open: OpenAlert };

export function opened(draft: Draft, key: string): Opened | null {
  const subject = draft.get('subjects', key);
  return subject?.open ? { ...subject, open: subject.open } : null;
}

type AlertTold = Extract<Told, { key: string }>['type'];

/** Keeps the subject as it is now, and tells of its alert. */
export function tell(draft: Draft, type: AlertTold, key: string, subject: Opened, actor = 'hub'): void {
  draft.put('subjects', key, subject);
  draft.told.push({ type, key, alert: subject.open.alert, actor });
}

export function say(draft: Draft, key: string, text: string, nowMs: number): void {
  const subject = opened(draft, key);
  if (subject === null) return;
  const lines = addLine(draft, subject.open, { kind: 'seen', at: timestamp(nowMs), text });
  draft.put('subjects', key, { ...subject, open: { ...subject.open, lines } });
}
