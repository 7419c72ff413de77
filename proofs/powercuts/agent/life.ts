import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { AgentFrame, type HubFrame } from '@homelabcmd/protocol';
import { startRecorded } from '../disk/record.ts';
import { contentOf, type Recording, recordingOf } from '../disk/recording.ts';
import type { Syscall } from '../disk/syscalls.ts';
import { type Given, orderFrame, queryFrame } from './orders.ts';
import { type Ground, parseRuns, type Run } from './script.ts';

const PROCESS = fileURLToPath(new URL('./process.ts', import.meta.url));
const WITHIN_MS = 120_000;

/** What came out of the server: a service was restarted, or the hub was told how an order ended. */
export type Seen =
  | { readonly kind: 'run'; readonly run: Run }
  | { readonly kind: 'told'; readonly orderId: string; readonly outcome: string };

/**
 * Has a real agent's order runner and the real restart script carry out orders, several at a time, and answers what both
 * asked of their disk and what came of it.
 */
export async function recordAgentLife(
  ground: Ground,
  traceFile: string,
  orders: readonly Given[],
  heeds?: (path: string) => boolean,
): Promise<Recording<Seen>> {
  const before = contentOf(ground.disk);
  await using agent = startRecorded([process.execPath, PROCESS, ground.dir], { traceFile, env: {} });
  let complaint = '';
  agent.child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const tell = (frame: HubFrame) => agent.child.stdin.write(`${JSON.stringify(frame)}\n`);
  const waiting = new Set(orders.map(({ order }) => order.order_id));
  const over = Promise.withResolvers<void>();
  const late = setTimeout(() => over.reject(new Error(`orders without a result: ${complaint}`)), WITHIN_MS);
  agent.child.once('close', () => over.reject(new Error(`the agent ended: ${complaint}`)));
  createInterface({ input: agent.child.stdout }).on('line', (line) => {
    const frame = AgentFrame.parse({ v: 2, ...(JSON.parse(line) as object) });
    if (frame.type !== 'order_result') return;
    tell({ v: 2, type: 'result_ack', order_id: frame.order_id });
    waiting.delete(frame.order_id);
    if (waiting.size === 0) over.resolve();
  });
  for (const given of orders) {
    if (given.fate === 'asked-about-first') tell(queryFrame([given.order.order_id]));
    // Each order comes twice: at once, as after a lost link.
    tell(orderFrame(given));
    tell(orderFrame(given));
  }
  await over.promise.finally(() => clearTimeout(late));
  agent.kill('SIGKILL');
  return recordingOf(await agent.trace(), ground.disk, before, (call) => seenIn(call, ground), heeds);
}

function seenIn({ name, on, texts }: Syscall, ground: Ground): Seen[] {
  if (name !== 'write' || on === null) return [];
  const said = texts[0]?.toString('utf8') ?? '';
  if (on.path === ground.runs) return parseRuns(said).map((run) => ({ kind: 'run', run }));
  if (on.descriptor !== 1 || !said.startsWith('{')) return [];
  const frame = AgentFrame.parse({ v: 2, ...(JSON.parse(said) as object) });
  if (frame.type !== 'order_result') return [];
  return [{ kind: 'told', orderId: frame.order_id, outcome: frame.result.outcome }];
}
