import {
  AGENT_LINK_PATH,
  type AgentFrame,
  type HeldHead,
  HubFrame,
  type NewKeyFrame,
  type OrderResult,
  type ServerFacts,
  type ServiceReport,
} from '@homelabcmd/protocol';
import {
  type AgentAnswer,
  type AgentGreeting,
  greetingOf,
  type KeyPair,
  newKeyPair,
  readEnrolmentToken,
} from '@homelabcmd/protocol/link';
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import type { TestHub } from './hub-fixture.ts';

type FrameOf<T extends HubFrame['type']> = Extract<HubFrame, { type: T }>;

interface Greeting extends Pick<AgentGreeting, 'answer'> {
  readonly facts: ServerFacts;
}

/** What an agent does by a script: it speaks the frames over a real WebSocket and never acts by itself. */
export class TestAgent implements AsyncDisposable {
  readonly socket: WebSocket;
  /** Every frame that the hub has sent, in order. */
  readonly frames: HubFrame[] = [];
  /** What it says at each check-in that it holds of the audit; `null`: it does not answer. */
  heads: readonly HeldHead[] | null = [];
  /** Called for each frame the moment that it arrives. */
  onFrame: (frame: HubFrame) => void = () => {};
  closeCode: number | null = null;
  /** Its key, once it has said hello. */
  key: KeyPair = newKeyPair();
  #greeting: Greeting | null = null;
  /** What the hub said of itself. */
  challenge: FrameOf<'challenge'> | null = null;
  /** Its part of the greeting, once the hub has said who it is. */
  answered: AgentAnswer | null = null;
  /** Takes the seal off a frame of the hub; set by the greeting. */
  unseal: (said: unknown) => unknown = (said) => said;
  /** The hub has yet to ask what it holds. */
  #isToCheckIn = false;
  /** The status with which the hub refused the upgrade, if it did. */
  refusedStatus: number | null = null;

  constructor(
    hubUrl: string,
    headers: Record<string, string> = {},
    path = AGENT_LINK_PATH,
    answersPing = false,
  ) {
    this.socket = new WebSocket(`${hubUrl.replace('http', 'ws')}${path}`, { headers, autoPong: answersPing });
    this.socket.on('message', (data: Buffer) => {
      // A frame that is not sealed as it must be fails the test.
      const frame = HubFrame.parse(this.unseal(JSON.parse(data.toString('utf8'))));
      if (frame.type === 'challenge' && this.#greeting !== null) return this.#prove(frame, this.#greeting);
      if (frame.type === 'query_heads' && frame.query_id === 0 && this.heads !== null)
        return this.#checkIn(frame.limit, this.heads);
      this.frames.push(frame);
      this.onFrame(frame);
    });
    this.socket.on('close', (code) => {
      this.closeCode = code;
    });
    this.socket.on('unexpected-response', (_request, response) => {
      this.refusedStatus = response.statusCode ?? 0;
      this.socket.terminate();
    });
    this.socket.on('error', () => {});
  }

  #checkIn(limit: number, heads: readonly HeldHead[]): void {
    this.#isToCheckIn = false;
    this.send({ v: 2, type: 'heads', query_id: 0, total: heads.length, heads: heads.slice(0, limit) });
  }

  async opened(): Promise<this> {
    await expect.poll(() => this.socket.readyState, POLL).toBe(WebSocket.OPEN);
    return this;
  }

  /** Sends text as it is, or a frame as JSON. */
  send(frame: AgentFrame | string): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Says hello with a key of its own: one that the hub knows, or a new one that comes with a token. */
  hello(as: string | KeyPair, facts: ServerFacts = FACTS): void {
    this.#isToCheckIn = this.heads !== null && facts.keeps_audit_heads === true;
    if (typeof as !== 'string') this.key = as;
    const tokenKey = typeof as === 'string' ? (readEnrolmentToken(as)?.key ?? null) : null;
    const { hello, answer } = greetingOf({ key: this.key, tokenKey, isTrusted: () => true });
    this.#greeting = { answer, facts };
    this.send(hello);
  }

  #prove(challenge: FrameOf<'challenge'>, { answer, facts }: Greeting): void {
    this.challenge = challenge;
    this.answered = answer(challenge, facts);
    this.unseal = this.answered.unseal;
    this.send(this.answered.proof);
  }

  framesOf<T extends HubFrame['type']>(type: T): FrameOf<T>[] {
    return this.frames.filter((frame): frame is FrameOf<T> => frame.type === type);
  }

  /** The `nth` frame of a type, as soon as it has come. */
  async frame<T extends HubFrame['type']>(type: T, nth = 1): Promise<FrameOf<T>> {
    await expect.poll(() => this.framesOf(type).length, POLL).toBeGreaterThanOrEqual(nth);
    const found = this.framesOf(type)[nth - 1];
    if (!found) throw new Error(`no ${type}`);
    return found;
  }

  async closed(): Promise<number | null> {
    await expect.poll(() => this.socket.readyState, POLL).toBe(WebSocket.CLOSED);
    return this.closeCode;
  }

  reports(reports: ServiceReport[], complete = false): void {
    this.send({ v: 2, type: 'services', complete, reports });
  }

  progress(orderId: string, step: 'started' | 'systemctl_done' | 'verifying', elapsed_ms = 1): void {
    this.send({ v: 2, type: 'order_progress', order_id: orderId, step, elapsed_ms, detail: `it is ${step}` });
  }

  result(orderId: string, result: Partial<OrderResult> = {}): void {
    this.send({ v: 2, type: 'order_result', order_id: orderId, result: { ...COMPLETED, ...result } });
  }

  /** The frame by which it tells the hub of another key; `known` signs that it is wanted. */
  newKey(serverId: string, next: KeyPair, known: KeyPair = this.key): NewKeyFrame {
    if (this.answered === null) throw new Error('not greeted yet');
    return this.answered.newKey(serverId, known, next);
  }

  /** From now on answers every order as an agent does whose restarts succeed. */
  obey(result: Partial<OrderResult> = {}): void {
    this.onFrame = (frame) => {
      if (frame.type !== 'order') return;
      this.progress(frame.order.order_id, 'started');
      this.result(frame.order.order_id, result);
    };
  }

  /** Waits until the hub has taken in everything that was sent before: frames of one agent are taken in order. */
  async settled(): Promise<void> {
    await expect.poll(() => this.#isToCheckIn, POLL).toBe(false);
    const marker = '01890a5d-ac96-774b-bcce-b302099a8057';
    const before = this.framesOf('result_ack').filter((frame) => frame.order_id === marker).length;
    this.result(marker);
    await expect
      .poll(() => this.framesOf('result_ack').filter((frame) => frame.order_id === marker).length, POLL)
      .toBeGreaterThan(before);
  }

  /**
   * All that it says by itself has been taken in, and from now on it says nothing more by itself: a frame that shares a commit that
   * is lost ends the link.
   */
  async silent(): Promise<void> {
    await this.settled();
    // What it was asked once more behind that, it has answered; the next time it does not.
    this.heads = null;
    await this.settled();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.close();
    await this.closed();
  }
}

/** Longer than a test has: what does not come is told of by the test's own limit. */
const POLL = { interval: 2, timeout: 120_000 };

export type ConnectedAgent = TestAgent;

/** An agent of this server that has been welcomed; with its key it comes back, without one it is new. */
export async function connectAgent(
  hub: TestHub,
  serverId: string,
  options: {
    key?: KeyPair;
    token?: string;
    facts?: ServerFacts;
    onFrame?: (frame: HubFrame) => void;
    heads?: readonly HeldHead[] | null;
  } = {},
): Promise<ConnectedAgent> {
  const as = options.key ?? options.token ?? (await hub.hub.enrol(serverId));
  const agent = await new TestAgent(hub.url).opened();
  if (options.onFrame) agent.onFrame = options.onFrame;
  if (options.heads !== undefined) agent.heads = options.heads;
  agent.hello(as, options.facts);
  await agent.frame('welcome');
  return agent;
}

export const FACTS: ServerFacts = {
  hostname: 'nas',
  os: 'Debian GNU/Linux 12',
  kernel: '6.1.0',
  architecture: 'x64',
  cpu_count: 4,
  memory_total_bytes: 8e9,
  addresses: ['192.0.2.7'],
  boot_id: 'b0071d00000000000000000000000001',
  booted_at: '2026-01-01T00:00:00.000Z',
  agent_version: '0.1.0',
  systemd_version: '252',
  systemd_problem: null,
  monitor_only: false,
  keeps_audit_heads: true,
};

export const report = (unit: string, change: Partial<ServiceReport> = {}): ServiceReport => ({
  unit,
  description: `The ${unit}`,
  status: 'running',
  state_class: 'running',
  load_state: 'loaded',
  active_state: 'active',
  sub_state: 'running',
  result: 'success',
  since: '2026-01-01T00:00:00.000Z',
  pid: 100,
  restarts: 0,
  invocation_id: 'a'.repeat(32),
  memory_bytes: 1000,
  cpu_percent: 1,
  restartable: { allowed: true, reason: '', fix_command: null },
  also_restarts: [],
  unit_type: 'simple',
  unit_file: `/etc/systemd/system/${unit}`,
  unit_file_state: 'enabled',
  probe: null,
  why: null,
  ...change,
});

/** A report of a service whose main process was killed. */
export const failedReport = (unit: string, change: Partial<ServiceReport> = {}): ServiceReport =>
  report(unit, {
    status: 'failed',
    state_class: 'down',
    active_state: 'failed',
    sub_state: 'failed',
    result: 'signal',
    pid: null,
    memory_bytes: null,
    cpu_percent: null,
    why: {
      invocation_id: 'a'.repeat(32),
      result: 'signal',
      exit_code: null,
      signal: 9,
      signal_name: 'SIGKILL',
      oom: false,
      start_limit_hit: false,
      main_pid: 100,
      memory_peak_bytes: 2000,
      stopped_at: '2026-01-01T01:00:00.000Z',
      ran_for_ms: 3_600_000,
      restart_setting: 'no',
      will_retry: false,
      journal: [],
    },
    ...change,
  });

export const COMPLETED: OrderResult = {
  outcome: 'completed',
  code: null,
  detail: 'It runs again.',
  exit_code: 0,
  output: '',
  before: null,
  after: null,
  ran_ms: 20,
  elapsed_ms: 40,
  journal: [],
};
