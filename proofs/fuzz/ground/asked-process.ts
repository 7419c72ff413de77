import { createInterface } from 'node:readline';
import { startGroup } from '../../processes/group.ts';

/** A process of ours that answers questions, one line for one line, and may write lines of a log between them. */
export interface AskedProcess extends AsyncDisposable {
  ask<T>(question: object): Promise<T>;
  /** What it said of itself when it was ready. */
  readonly ready: Promise<unknown>;
  /** How it ended, where it should not have; `null` while it runs. */
  readonly ended: string | null;
}

/** @param onLine takes each line that is no answer */
export function startAsked(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  onLine: (line: string) => void = () => undefined,
): AskedProcess {
  const group = startGroup(process.execPath, ['--expose-gc', ...args], { env });
  const { child } = group;
  const waiting: PromiseWithResolvers<unknown>[] = [];
  let [complaint, ended]: [string, string | null] = ['', null];
  child.stderr
    .setEncoding('utf8')
    .on('data', (text: string) => (complaint = (complaint + text).slice(-4000)));
  child.stdin.on('error', () => undefined);
  child.once('close', (code, signal) => {
    ended = `the process ended (${signal ?? code}): ${complaint}`;
    for (const one of waiting.splice(0)) one.reject(new Error(ended));
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { answer } = JSON.parse(line) as { answer?: unknown };
    if (answer === undefined) onLine(line);
    else waiting.shift()?.resolve(answer);
  });
  const next = (): Promise<unknown> => {
    const answer = Promise.withResolvers<unknown>();
    if (ended === null) waiting.push(answer);
    else answer.reject(new Error(ended));
    return answer.promise;
  };
  return {
    ready: next(),
    ask<T>(question: object) {
      child.stdin.write(`${JSON.stringify(question)}\n`);
      return next() as Promise<T>;
    },
    get ended() {
      return ended;
    },
    [Symbol.asyncDispose]: () => group[Symbol.asyncDispose](),
  };
}
