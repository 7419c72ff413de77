import type { Fact } from '../facts.ts';
import type { Draft } from '../memory.ts';
import { addLine } from './story.ts';

/** Writes into the story of an alert who was told of it, or was not. One that is over has its story in the store alone. */
export function noteTold(draft: Draft, fact: Fact): void {
  if (fact.type !== 'notification.delivered' && fact.type !== 'notification.failed') return;
  const { alert_id, channel, occasion } = fact.data;
  const text =
    fact.type === 'notification.delivered'
      ? `Told by ${channel} (${occasion}).`
      : `${channel} could not be told (${occasion}): ${fact.data.because}`;
  const line = { kind: 'told', at: fact.at, text, actor: fact.actor, eventId: fact.id } as const;
  for (const [key, subject] of draft.all('subjects')) {
    if (subject.open?.alert.alert_id !== alert_id) continue;
    const lines = addLine(draft, subject.open, line);
    draft.put('subjects', key, { ...subject, open: { ...subject.open, lines } });
    return;
  }
  const { kind, at, actor } = line;
  draft.late.push({
    alertId: alert_id,
    event_id: fact.id,
    at,
    kind,
    text: text.slice(0, 1000),
    actor,
    action_id: null,
  });
}
