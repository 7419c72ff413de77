import type { Alert, AlertSeverity, Occasion } from '@homelabcmd/protocol';
import { cut } from './cut.ts';

/** What one fact is told as. All of its texts are of one line, and nothing in them is hidden. */
export interface Part {
  readonly occasion: Occasion | 'test';
  readonly heading: string;
  /** Sentences: where, why, since when. */
  readonly sentences: readonly string[];
  /** The last lines of the journal, oldest first. */
  readonly lines: readonly string[];
  /** Where to look at it; `null` where the hub does not know its own address. */
  readonly link: string | null;
  /** `null` when the hub is only tried. */
  readonly alert: Alert | null;
}

export interface Message {
  /** A repeat has the same. */
  readonly id: string;
  readonly title: string;
  /** `well`: all that it tells is over. */
  readonly urgency: AlertSeverity | 'well';
  readonly parts: readonly Part[];
  readonly link: string | null;
}

/** One fact of an alert, as the outbox keeps it. */
export interface Told {
  readonly occasion: Occasion;
  readonly alert: Alert;
  readonly link: string | null;
}

const HEADING = 300;
const SENTENCE = 600;
const LINE = 300;
const TITLE = 200;

/** What somebody is told of one or several alerts at once, in the order in which they came. */
export function messageOf(id: string, told: readonly Told[]): Message {
  const parts = told.map(partOf);
  const [first] = parts;
  const others = parts.length - 1;
  const heading = first?.heading ?? 'Nothing to tell';
  return {
    ...{ id, parts },
    title: others < 1 ? cut(heading, TITLE) : `${cut(heading, TITLE - 20)}, and ${others} more`,
    urgency: urgencyOf(told),
    link: first?.link ?? null,
  };
}

/** Sent when somebody tries a channel. */
export const testMessage = (id: string, channel: string, link: string | null): Message => {
  const heading = 'This is a test of HomelabCmd';
  const sentences = [`The channel ${channel} works: what the hub has to tell arrives here.`];
  return {
    ...{ id, title: heading, urgency: 'info', link },
    parts: [{ occasion: 'test', heading, sentences, lines: [], link, alert: null }],
  };
};

/** What was told as critical once is critical to whoever hears of it. */
export const severityOf = ({ severity, escalated_at }: Alert): AlertSeverity =>
  escalated_at === null ? severity : 'critical';

const WORST_FIRST = ['critical', 'warning', 'info'] as const;

function urgencyOf(told: readonly Told[]): Message['urgency'] {
  const going = told.filter(({ occasion }) => occasion !== 'resolved').map(({ alert }) => severityOf(alert));
  return WORST_FIRST.find((severity) => going.includes(severity)) ?? 'well';
}

function partOf({ occasion, alert, link }: Told): Part {
  return {
    ...{ occasion, alert, link },
    heading: cut(`${BEFORE[occasion]}${alert.title}`, HEADING),
    sentences: sentencesOf(occasion, alert).map((sentence) => cut(sentence, SENTENCE)),
    lines: occasion === 'resolved' ? [] : alert.lines.map((line) => cut(line, LINE)),
  };
}

const BEFORE: Record<Occasion, string> = {
  fired: '',
  repeated: 'Still: ',
  escalated: 'Nobody looks after it: ',
  resolved: 'Over: ',
  event: '',
};

function sentencesOf(occasion: Occasion, alert: Alert): string[] {
  const { server_id, subject, detail, measured, held_back, flapping } = alert;
  const place = [server_id, subject].filter((part) => part !== null).join(' · ');
  const isOver = occasion === 'resolved';
  return [
    ...(place === '' ? [] : [`Where: ${place}`]),
    ...(isOver || detail === null ? [] : [detail]),
    ...(isOver || measured === null || detail !== null
      ? []
      : [`${measured.value} ${measured.unit}, and the limit is ${measured.limit}.`]),
    isOver && alert.resolved_at !== null
      ? `From ${momentOf(alert.since)} to ${momentOf(alert.resolved_at)}.`
      : `Since ${momentOf(alert.since)}.`,
    ...(held_back === 0
      ? []
      : [`It is the cause of ${held_back} other ${held_back === 1 ? 'alert' : 'alerts'}.`]),
    ...(flapping ? ['It comes and goes. You are told of it again when it is calm.'] : []),
  ];
}

/** `2026-11-30 20:15:09 UTC`: a receiver may be anywhere. */
const momentOf = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`;
