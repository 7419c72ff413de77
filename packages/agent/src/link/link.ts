import type { AgentFrame, HubFrame as Frame, ServerFacts } from '@homelabcmd/protocol';
import { FRAME_VERSION, FRAME_VERSIONS } from '@homelabcmd/protocol';
import { BrokenSeal, NotProved } from '@homelabcmd/protocol/link';
import { Backoff } from '../backoff.ts';
import type { Log } from '../log.ts';
import { messageOf } from '../log.ts';
import { WrongAuthority } from './authority.ts';
import { Conversation, type Heard, OtherVersion, otherVersion } from './conversation.ts';
import type { Identity } from './identity.ts';
import { openSocket } from './open-socket.ts';
import { KeyNotKept } from './own-keys.ts';
import { whyUnreachable } from './why-unreachable.ts';

export type Unversioned<F> = F extends unknown ? Omit<F, 'v'> : never;
type Goodbye = Extract<Frame, { type: 'goodbye' }>;
type Welcome = Extract<Frame, { type: 'welcome' }>;
/** What the hub says once the link is up; each has been found to be signed by it, but for the beat. */
export type FromHub = Exclude<Frame, Goodbye | Welcome | AboutKeys | { type: 'challenge' }>;
/** What the link itself does. */
type AboutKeys = Extract<Frame, { type: 'renew_key' | 'key_taken' }>;

export interface LinkOptions {
  url: string;
  identity: Identity;
  facts: () => ServerFacts;
  onWelcome: (welcome: Welcome) => void;
  onFrame: (frame: FromHub) => void;
  /** How long the machine has been up, its sleep counted. */
  uptimeMs: () => number;
  log: Log;
}

const BACKOFF_FLOOR_MS = 500;
const BACKOFF_CEILING_MS = 30_000;
/** A hub that does not want this agent is asked again, for it may have changed its mind, but rarely. */
const UNWANTED_MS = 5 * 60_000;
const SUPERSEDED_MS = 60_000;
const STABLE_MS = 60_000;
const HELLO_TIMEOUT_MS = 15_000;
/** Some kernels tell how long they have been up in whole seconds. */
const UPTIME_STEP_MS = 2000;
/** More than this unsent means that the other end does not read; a new link begins with the whole state anyway. */
const MAX_UNSENT_BYTES = 8 * 1024 * 1024;
const BUSY_UNSENT_BYTES = 1024 * 1024;

/**
 * The one connection to the hub.
 *
 *   waiting ──backoff──► connecting ──open, hello──► greeting ──challenge, proof, welcome──► up
 *      ▲                     │                          │                                   │
 *      └──────failed─────────┴──────────────────────────┴──goodbye, closed, silent, no seal─┘
 *
 * Silence for three times the hub's beat means that the link is dead, whatever the socket says. The timer of that silence
 * stands still while the machine sleeps, so it is measured once more at each frame: what waited in the socket all that
 * time, perhaps an order, is not taken. Nothing is queued while the link is down: after each welcome the whole state is
 * told anew.
 */
export class Link implements AsyncDisposable {
  #socket: WebSocket | null = null;
  #up = false;
  #ended = false;
  /** An outage is said once in the log, however many attempts it takes. */
  #downTold = false;
  #beatMs = HELLO_TIMEOUT_MS / 3;
  #timer: NodeJS.Timeout | undefined;
  #silence: NodeJS.Timeout | undefined;
  #stable: NodeJS.Timeout | undefined;
  #heardAtUptimeMs = 0;
  #nextWaitMs: number | null = null;
  readonly #options: LinkOptions;
  readonly #backoff = new Backoff(BACKOFF_FLOOR_MS, BACKOFF_CEILING_MS);

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#connect();
  }

  /** Whether the hub has welcomed this agent on the present connection. */
  get up(): boolean {
    return this.#up;
  }

  /** The hub reads slower than we write: what can wait should. */
  get busy(): boolean {
    return (this.#socket?.bufferedAmount ?? 0) > BUSY_UNSENT_BYTES;
  }

  /** Sends a frame now, or drops it when the link is not up; returns whether it was sent. */
  send(frame: Unversioned<AgentFrame>): boolean {
    const socket = this.#socket;
    if (!this.#up || socket === null || socket.readyState !== WebSocket.OPEN) return false;
    socket.send(JSON.stringify({ v: FRAME_VERSION, ...frame }));
    if (socket.bufferedAmount > MAX_UNSENT_BYTES) this.#drop(socket, 'the hub does not read what is sent');
    return true;
  }

  #connect(): void {
    if (this.#ended) return;
    const { identity, facts, log } = this.#options;
    if (!identity.hasHub) {
      log('error', 'no hub is known and there is no enrolment token: make a token on the hub', {});
      this.#again(UNWANTED_MS);
      return;
    }
    identity.authority.beTrusted(this.#options.url).then(
      () => this.#open(new Conversation(identity, facts)),
      (cause: unknown) => this.#cannotTrust(cause),
    );
  }

  /** No connection was made by which anything could have been told. */
  #cannotTrust(cause: unknown): void {
    const isWrong = cause instanceof WrongAuthority;
    if (isWrong)
      this.#options.log('error', 'this hub is not answered, and was told nothing', {
        problem: cause.message,
      });
    else if (!this.#downTold) void this.#explain();
    this.#downTold = true;
    this.#again(isWrong ? UNWANTED_MS * (0.5 + Math.random()) : this.#backoff.next());
  }

  #open(conversation: Conversation): void {
    if (this.#ended) return;
    const { url, identity } = this.#options;
    const socket = openSocket(url, identity.authority.trusted);
    this.#socket = socket;
    this.#heard(socket);
    socket.addEventListener('open', () => {
      if (this.#socket === socket) socket.send(JSON.stringify(conversation.hello));
    });
    socket.addEventListener('message', ({ data }) => {
      if (this.#socket !== socket) return;
      if (this.#hasSlept())
        return this.#drop(socket, 'this machine slept longer than the link may be silent');
      this.#heard(socket);
      this.#take(socket, conversation, String(data));
    });
    socket.addEventListener('error', () => {
      if (this.#socket === socket && !this.#up && !this.#downTold) void this.#explain();
      this.#drop(socket, 'the connection failed');
    });
    socket.addEventListener('close', ({ code }) => this.#drop(socket, `the connection was closed (${code})`));
  }

  async #explain(): Promise<void> {
    const why = await whyUnreachable(this.#options.url);
    // It may have come about in the meantime, or nobody may want to know any more.
    if (!this.#up && !this.#ended) this.#options.log('warn', 'the hub cannot be reached', { why });
  }

  #take(socket: WebSocket, conversation: Conversation, text: string): void {
    let heard: Heard;
    try {
      heard = conversation.hear(text);
    } catch (cause) {
      return this.#distrust(socket, cause);
    }
    if (heard.kind === 'challenge') return socket.send(JSON.stringify(heard.answer));
    if (heard.kind === 'unreadable') {
      const problem = heard.problem.slice(0, 300);
      return this.#options.log('warn', 'a frame of the hub could not be read', { problem });
    }
    const { frame } = heard;
    if (frame.type === 'goodbye') this.#goodbye(socket, conversation, frame);
    else if (frame.type === 'welcome') {
      this.#aboutKeys((keys) => keys.isKnown(conversation.hello.public_key));
      this.#welcome(socket, frame);
    } else if (frame.type === 'key_taken') this.#aboutKeys((keys) => keys.isKnown(frame.public_key));
    else if (frame.type === 'renew_key')
      this.#aboutKeys((keys) => {
        const told = conversation.newKey(keys.next());
        if (told !== null) this.send(told);
      });
    else if (this.#up) this.#options.onFrame(frame);
  }

  /** A disk that does not take a key ends no link: the hub knows one of the keys that are there, and asks again. */
  #aboutKeys(act: (keys: Identity['keys']) => void): void {
    try {
      act(this.#options.identity.keys);
    } catch (cause) {
      if (!(cause instanceof KeyNotKept)) throw cause;
      this.#options.log('error', 'the key of this agent could not be changed', { problem: cause.message });
    }
  }

  /** Nothing of it was done, and whoever said it is not answered any more. */
  #distrust(socket: WebSocket, cause: unknown): void {
    const { log } = this.#options;
    const problem = messageOf(cause);
    if (cause instanceof BrokenSeal)
      log('error', 'a frame was left undone: the hub has not signed it so', { problem });
    else if (cause instanceof OtherVersion) log('error', problem);
    else if (cause instanceof NotProved)
      log('error', 'this hub is not answered, and was told nothing: it has not proved to be the right one', {
        problem,
      });
    else log('error', 'the hub could not be answered', { problem });
    if (!(cause instanceof BrokenSeal)) this.#nextWaitMs = UNWANTED_MS * (0.5 + Math.random());
    this.#drop(socket, problem);
  }

  #welcome(socket: WebSocket, frame: Welcome): void {
    this.#beatMs = frame.beat_ms;
    this.#heard(socket);
    this.#up = true;
    this.#downTold = false;
    clearTimeout(this.#stable);
    this.#stable = setTimeout(() => this.#backoff.reset(), STABLE_MS);
    this.#options.log('info', 'connected to the hub', { server_id: frame.server_id });
    this.#options.onWelcome(frame);
  }

  #goodbye(socket: WebSocket, { hello }: Conversation, { v, code, detail }: Goodbye): void {
    const { log, identity } = this.#options;
    if (code === 'not_enrolled' && identity.keys.isUnknown(hello.public_key)) {
      log('info', 'the hub does not know the new key of this agent yet: the one before it is shown', {});
      return this.#drop(socket, `goodbye: ${code}`);
    }
    // A hub before these frames does not say which side is to be updated.
    const isOld = code === 'unsupported_version' && v < FRAME_VERSIONS.oldest;
    const words = isOld ? otherVersion(v) : detail;
    log(code === 'hub_stopping' ? 'info' : 'error', 'the hub said goodbye', { code, detail: words });
    if (code === 'not_enrolled' || code === 'server_deleted' || code === 'unsupported_version')
      this.#nextWaitMs = UNWANTED_MS * (0.5 + Math.random());
    else if (code === 'superseded') this.#nextWaitMs = SUPERSEDED_MS * (0.5 + Math.random());
    this.#drop(socket, `goodbye: ${code}`);
  }

  #hasSlept(): boolean {
    const silentMs = this.#options.uptimeMs() - this.#heardAtUptimeMs;
    return silentMs > 3 * this.#beatMs + UPTIME_STEP_MS;
  }

  #heard(socket: WebSocket): void {
    this.#heardAtUptimeMs = this.#options.uptimeMs();
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#drop(socket, 'the hub is silent'), 3 * this.#beatMs);
  }

  #drop(socket: WebSocket, problem: string): void {
    if (this.#socket !== socket) return;
    if (!this.#downTold) this.#options.log('warn', 'the link to the hub is down', { problem });
    this.#downTold = true;
    this.#letGo();
    this.#again(this.#nextWaitMs ?? this.#backoff.next());
    this.#nextWaitMs = null;
  }

  #letGo(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#up = false;
    clearTimeout(this.#silence);
    clearTimeout(this.#stable);
    socket?.close();
  }

  #again(waitMs: number): void {
    if (!this.#ended) this.#timer = setTimeout(() => this.#connect(), waitMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#timer);
    const socket = this.#socket;
    if (socket !== null && socket.readyState !== WebSocket.CLOSED) {
      const closed = new Promise((resolve) => socket.addEventListener('close', resolve, { once: true }));
      const timeout = new Promise((resolve) => setTimeout(resolve, 500).unref());
      this.#letGo();
      await Promise.race([closed, timeout]);
    } else this.#letGo();
  }
}
