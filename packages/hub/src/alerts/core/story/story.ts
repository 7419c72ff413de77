import { ACTION_KINDS, type AlertStoryEntry } from '@homelabcmd/protocol';
import { type Fact, isOfAction } from '../facts.ts';
import type { Draft, OpenAlert } from '../memory.ts';

const LONGEST = 1000;
const MOST_LINES = 500;

type Line = Pick<AlertStoryEntry, 'kind' | 'at' | 'text'> & {
  readonly eventId?: number;
  readonly actor?: string;
  readonly actionId?: number | null;
};

/** Adds to the story of an alert. @returns how long it is then */
export function addLine(draft: Draft, { alert, lines }: OpenAlert, line: Line): number {
  if (lines >= MOST_LINES) return lines;
  const n = lines + 1;
  draft.story.push({
    ...{ alertId: alert.alert_id, n, event_id: line.eventId ?? null, at: line.at, kind: line.kind },
    ...{ text: line.text.slice(0, LONGEST), actor: line.actor ?? 'hub', action_id: line.actionId ?? null },
  });
  return n;
}

/** What people, policies and agents did about it. */
export function noteDeeds(draft: Draft, fact: Fact): void {
  if (!isOfAction(fact)) return;
  const { action } = fact.data;
  const { noun } = ACTION_KINDS[action.action_type];
  const last = action.steps.at(-1)?.detail;
  const text = `${sentence(fact.type, noun)}${last === undefined || last === '' ? '.' : `: ${last}`}`;
  for (const [key, subject] of draft.all('subjects')) {
    const isAbout =
      subject.serverId === fact.serverId &&
      subject.id === action.target &&
      ['service_down', 'restart_failed', 'action_unknown'].includes(subject.kind);
    if (!isAbout || subject.open === null || subject.open.alert.state === 'pending') continue;
    const { open } = subject;
    const line = { kind: 'done', at: fact.at, text, actor: fact.actor, eventId: fact.id } as const;
    const lines = addLine(draft, open, { ...line, actionId: action.action_id });
    // Of the alert itself it is told where the action is another one than before.
    const condition = subject.condition && { ...subject.condition, actionId: action.action_id };
    draft.put('subjects', key, { ...subject, condition, open: { ...open, lines } });
  }
}

function sentence(type: string, noun: string): string {
  switch (type) {
    case 'action.requested':
      return `A ${noun} was asked for`;
    case 'action.unknown':
      return `The outcome of the ${noun} is unknown`;
    default:
      return `The ${noun} was ${type === 'action.failed' ? 'tried, and failed' : type.slice('action.'.length)}`;
  }
}
