import { isNotAnswering, needsAttention, type Service, whySentence } from '@homelabcmd/protocol';

/** Whether somebody has to hear of this service, and for how long it may be so before. */
export function findingOf(service: Service): { readonly graceMs: number } | null {
  return needsAttention(service) ? { graceMs: 0 } : null;
}

/** How it stands, as the end of a sentence that begins with its name. */
export function standingOf(service: Service): string {
  if (isNotAnswering(service)) return 'does not answer';
  if (service.status === 'not_found') return 'is not there';
  if (service.state_class === 'crash_loop') return 'is in a crash loop';
  switch (service.status) {
    case 'failed':
      return 'failed';
    case 'stopped':
      return 'stopped';
    default:
      return `is ${service.status}`;
  }
}

const LINES = 8;
const LONGEST_LINE = 2000;

/** The last that it wrote before it ended. */
export const linesOf = ({ why }: Service): string[] =>
  (why?.journal ?? []).slice(-LINES).map(({ message }) => message.slice(0, LONGEST_LINE));

export const detailOf = ({ why }: Service): string | null =>
  why === null ? null : whySentence(why).slice(0, 1000);
