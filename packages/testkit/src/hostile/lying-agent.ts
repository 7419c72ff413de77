import {
  AGENT_LINK_PATH,
  type AgentFrame,
  HubFrame,
  type OrderResult,
  type ServerFacts,
  type ServiceReport,
} from '@homelabcmd/protocol';
import { greetingOf, newKeyPair, readEnrolmentToken } from '@homelabcmd/protocol/link';

/** Whoever has taken over a server: it is known to the hub, and says whatever it likes that is a frame. */
export interface LyingAgent extends AsyncDisposable {
  send(frame: AgentFrame): void;
  /** Waits until the hub has taken in all that was sent: it takes the frames of an agent in order. */
  settled(): Promise<void>;
  /** Why the hub has ended the link; `null` while it is open. */
  goodbye(): string | null;
}

/** An order that the hub has never given: it acknowledges the result of it all the same. */
const NO_ORDER = '01890a5d-ac96-774b-bcce-b302099a8057';

/** @param resultOf what it says of the nth order that it gets */
export async function connectLyingAgent(
  hubUrl: string,
  token: string,
  facts: ServerFacts,
  resultOf: (nth: number) => OrderResult,
): Promise<LyingAgent> {
  const socket = new WebSocket(hubUrl.replace('http', 'ws') + AGENT_LINK_PATH);
  const { hello, answer } = greetingOf({
    key: newKeyPair(),
    tokenKey: readEnrolmentToken(token)?.key ?? null,
    isTrusted: () => true,
  });
  const welcomed = Promise.withResolvers<void>();
  const marks: (() => void)[] = [];
  const send = (frame: AgentFrame) => socket.send(JSON.stringify(frame));
  let unseal = (said: unknown) => said;
  let orders = 0;
  let goodbye: string | null = null;
  socket.addEventListener('open', () => send(hello));
  socket.addEventListener('close', () => {
    goodbye ??= 'closed';
    welcomed.reject(new Error(`the hub has ended the link: ${goodbye}`));
  });
  socket.addEventListener('message', ({ data }) => {
    const frame = HubFrame.parse(unseal(JSON.parse(String(data))));
    if (frame.type === 'challenge') {
      const said = answer(frame, facts);
      unseal = said.unseal;
      send(said.proof);
    } else if (frame.type === 'welcome') welcomed.resolve();
    else if (frame.type === 'goodbye') goodbye = `${frame.code}: ${frame.detail}`;
    else if (frame.type === 'result_ack' && frame.order_id === NO_ORDER) marks.shift()?.();
    else if (frame.type === 'order') {
      const { order_id } = frame.order;
      const result = resultOf(orders++);
      send({ v: 2, type: 'order_progress', order_id, step: 'started', elapsed_ms: 1, detail: result.detail });
      send({ v: 2, type: 'order_result', order_id, result });
    }
  });
  await welcomed.promise;
  return {
    send,
    goodbye: () => goodbye,
    settled: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      marks.push(resolve);
      send({ v: 2, type: 'order_result', order_id: NO_ORDER, result: resultOf(0) });
      return promise;
    },
    [Symbol.asyncDispose]: async () => socket.close(),
  };
}

const capped = (text: string, length: number): string => text.slice(0, length);

/** Facts in which every word is this text. */
export const factsOf = (text: string): ServerFacts => ({
  hostname: capped(text, 255),
  os: capped(text, 255),
  kernel: capped(text, 255),
  architecture: capped(text, 64),
  cpu_count: 1,
  memory_total_bytes: 1e9,
  addresses: [capped(text, 64)],
  boot_id: 'b',
  booted_at: null,
  agent_version: capped(text, 64),
  systemd_version: null,
  systemd_problem: capped(text, 500),
  monitor_only: false,
  limits_problem: capped(text, 500),
});

const AT = '2026-01-01T00:00:00.000Z';

/** A service that is down, in which every word is this text. @param journal what its last lines are */
export const reportOf = (unit: string, text: string, journal: readonly string[]): ServiceReport => ({
  unit,
  description: capped(text, 500),
  status: 'failed',
  state_class: 'down',
  load_state: capped(text, 64),
  active_state: capped(text, 64),
  sub_state: capped(text, 64),
  result: capped(text, 64),
  since: AT,
  pid: null,
  restarts: 0,
  invocation_id: '',
  memory_bytes: null,
  cpu_percent: null,
  restartable: { allowed: false, reason: capped(text, 500), fix_command: capped(text, 500) },
  also_restarts: [{ unit: capped(text, 255), relation: capped(text, 32), active: true }],
  unit_type: capped(text, 32),
  unit_file: capped(text, 500),
  unit_file_state: capped(text, 32),
  probe: { verdict: 'not_answering', detail: capped(text, 500), since: AT },
  why: {
    ...{ invocation_id: '', result: capped(text, 64), exit_code: null, signal: 99 },
    ...{ signal_name: capped(text, 32), oom: false, start_limit_hit: false, main_pid: null },
    ...{ memory_peak_bytes: null, stopped_at: AT, ran_for_ms: 1, will_retry: false },
    restart_setting: capped(text, 32),
    journal: journal.map((message) => ({
      at: AT,
      identifier: capped(message, 256),
      pid: null,
      priority: 3,
      message: capped(message, 2048),
    })),
  },
});

/** How an order ended, in these words. */
export const resultOf = (text: string, journal: readonly string[]): OrderResult => ({
  outcome: 'failed',
  code: capped(text, 64),
  detail: capped(text, 500),
  exit_code: 1,
  output: capped(text, 16_384),
  before: null,
  after: null,
  ran_ms: 1,
  elapsed_ms: 1,
  journal: journal.map((message) => ({
    at: AT,
    identifier: capped(message, 256),
    message: capped(message, 2048),
  })),
});
