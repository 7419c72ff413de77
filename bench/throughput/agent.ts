import {
  AGENT_LINK_PATH,
  type AgentFrame,
  HubFrame,
  type OrderResult,
  type ServerFacts,
} from '@homelabcmd/protocol';
import { greetingOf, newKeyPair, readEnrolmentToken } from '@homelabcmd/protocol/link';

/** An agent that answers every order at once, as one does whose restarts succeed: what is measured is the hub. */
export interface QuickAgent extends Disposable {
  /** Resolves when the hub has acknowledged the outcome of this order: then it is committed. */
  acknowledged(orderId: string): Promise<void>;
}

export async function connectQuickAgent(
  hubUrl: string,
  serverId: string,
  token: string,
): Promise<QuickAgent> {
  const socket = new WebSocket(`${hubUrl.replace('http', 'ws')}${AGENT_LINK_PATH}`);
  const waiting = new Map<string, PromiseWithResolvers<void>>();
  const ofOrder = (orderId: string) => {
    const known = waiting.get(orderId) ?? Promise.withResolvers<void>();
    waiting.set(orderId, known);
    return known;
  };
  const send = (frame: AgentFrame) => socket.send(JSON.stringify(frame));
  const welcomed = Promise.withResolvers<void>();
  const greeting = greetingOf({
    ...{ key: newKeyPair(), tokenKey: readEnrolmentToken(token)?.key ?? null, isTrusted: () => true },
  });
  socket.addEventListener('open', () => send(greeting.hello));
  socket.addEventListener('message', ({ data }) => {
    // What is measured is the hub: that it signs, and not that an agent looks.
    const { seal: _seal, ...said } = JSON.parse(String(data)) as { seal?: object };
    const frame = HubFrame.parse(said);
    if (frame.type === 'challenge') send(greeting.answer(frame, factsOf(serverId)).proof);
    if (frame.type === 'welcome') welcomed.resolve();
    if (frame.type === 'query_heads')
      send({ v: 2, type: 'heads', query_id: frame.query_id, heads: [], total: 0 });
    if (frame.type === 'result_ack') ofOrder(frame.order_id).resolve();
    if (frame.type !== 'order') return;
    const { order_id } = frame.order;
    send({ v: 2, type: 'order_progress', order_id, step: 'started', elapsed_ms: 1, detail: 'It has begun' });
    send({ v: 2, type: 'order_result', order_id, result: COMPLETED });
  });
  socket.addEventListener('close', () => welcomed.reject(new Error(`${serverId} was shut out`)));
  await welcomed.promise;
  return {
    async acknowledged(orderId) {
      await ofOrder(orderId).promise;
      waiting.delete(orderId);
    },
    [Symbol.dispose]: () => socket.close(),
  };
}

const COMPLETED: OrderResult = {
  outcome: 'completed',
  code: null,
  exit_code: 0,
  output: '',
  detail: 'It was restarted and stayed up.',
  before: null,
  after: null,
  ran_ms: 1,
  elapsed_ms: 2,
  journal: [],
};

const factsOf = (hostname: string): ServerFacts => ({
  hostname,
  os: 'Debian GNU/Linux 12',
  kernel: '6.1.0',
  architecture: 'x64',
  cpu_count: 4,
  memory_total_bytes: 8e9,
  addresses: [],
  boot_id: 'b0071d00000000000000000000000001',
  booted_at: '2026-01-01T00:00:00.000Z',
  agent_version: '0.1.0',
  systemd_version: '252',
  systemd_problem: null,
  monitor_only: false,
  keeps_audit_heads: true,
});
