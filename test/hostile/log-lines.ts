import { HIDDEN_CHARACTER } from '@homelabcmd/testkit/hostile';

/** What the built hub prints for people when it starts: indented lines, and empty ones. */
const WELCOME = /^(?: {2,}\S.*)?$/;

/** Lines of a log that are not one event each, or that hide something. @returns how many events there were, and these lines */
export function readLog(output: string): { events: number; bad: string[] } {
  const lines = output.split(/[\n\r\u0085\u2028\u2029\v\f]/);
  const bad: string[] = [];
  let events = 0;
  for (const line of lines) {
    if (HIDDEN_CHARACTER.test(line)) bad.push(`hides: ${JSON.stringify(line.slice(0, 200))}`);
    if (isEvent(line)) events += 1;
    else if (!WELCOME.test(line)) bad.push(`no event: ${JSON.stringify(line.slice(0, 200))}`);
  }
  return { events, bad };
}

/** Each event has its time; a line that somebody forged says `forged` for its sentence. */
function isEvent(line: string): boolean {
  try {
    const event = JSON.parse(line) as { time?: unknown; msg?: unknown };
    return typeof event.time === 'string' && event.msg !== 'forged';
  } catch {
    return false;
  }
}
