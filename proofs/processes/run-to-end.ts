import { once } from 'node:events';
import { type ProcessSettings, startGroup } from './group.ts';

export interface RunLimits extends ProcessSettings {
  readonly stop: AbortSignal;
  /** Its time is over. */
  readonly limit: AbortSignal;
  /** How long it has to end, when it is told to, before it is ended. */
  readonly graceMs?: number;
}

/** How a run came to its end, and what it said until then. */
export interface Ended {
  readonly how: 'by itself' | 'stopped' | 'too late';
  readonly said: string;
}

/** Runs a program until it ends, is to stop, or has had its time; nothing that it has started is there afterwards. */
export async function runToEnd(
  program: string,
  args: readonly string[],
  { stop, limit, graceMs, ...settings }: RunLimits,
): Promise<Ended> {
  if (stop.aborted) return { how: 'stopped', said: '' };
  await using group = startGroup(program, args, settings);
  const { child } = group;
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stdin.on('error', () => undefined).end();
  const closed = once(child, 'close');
  const isOver = new AbortController();
  child.once('exit', () => isOver.abort());
  const first = AbortSignal.any([isOver.signal, stop, limit]);
  if (!first.aborted) await once(first, 'abort');
  const how = isOver.signal.aborted ? 'by itself' : stop.aborted ? 'stopped' : 'too late';
  await group.end(graceMs);
  // What it left behind may have held its outputs open.
  await closed;
  return { how, said };
}
