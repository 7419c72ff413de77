import {
  type AgentFrame,
  AgentFrame as AgentFrameSchema,
  FRAME_VERSION,
  type GoodbyeCode,
  type HubFrame,
  type NewKeyFrame,
} from '@homelabcmd/protocol';
import type { NewKey } from '@homelabcmd/protocol/link';
import type { WebSocket } from 'ws';
import type { z } from 'zod';

/** A frame that cannot be taken: the link ends with this reason. */
export class BadFrame extends Error {
  readonly code: GoodbyeCode;
  /** In which version of the frames the agent is to be told so. */
  readonly version: number;
  constructor(code: GoodbyeCode, detail: string, version: number = FRAME_VERSION) {
    super(detail);
    this.code = code;
    this.version = version;
  }
}

/** A text from the network as JSON. @throws BadFrame */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadFrame('bad_frame', 'This is not JSON');
  }
}

/** A text from the network as a frame. @throws BadFrame with a sentence that says what was wrong and where */
export function parseFrame(text: string): AgentFrame {
  return parsedBy(AgentFrameSchema, parseJson(text));
}

/** @throws BadFrame */
export function parsedBy<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  throw new BadFrame('bad_frame', `${where}: ${issue?.message ?? 'not a frame'}`.slice(0, 400));
}

/** What the link needs of a socket. */
export interface AgentSocket
  extends Pick<WebSocket, 'OPEN' | 'readyState' | 'isPaused' | 'close' | 'terminate' | 'pause' | 'resume'> {
  on(event: 'message', listener: (data: Buffer, isBinary: boolean) => void): unknown;
  on(event: 'close' | 'pong', listener: () => void): unknown;
  ping(): void;
  on(event: 'error', listener: (error: Error) => void): unknown;
  send(text: string): void;
}

/** One connection of one agent, after it was admitted. */
export interface Session {
  readonly serverId: string;
  readonly socket: AgentSocket;
  readonly address: string;
  /** The connection of the same server in whose place this one came. */
  readonly earlier: Pick<Session, 'socket' | 'address'> | null;
  /** It has enrolled with a token just now. */
  readonly isNewAgent: boolean;
  readonly seal: Seal;
  /** What this frame says, if it was made for this connection. */
  readonly newKeyIn: (frame: NewKeyFrame) => NewKey | null;
  /** Orders may be sent. */
  isCleared: boolean;
}

/** Signs a frame for the agent of one connection. */
export type Seal = (frame: HubFrame) => object;

/** Without a seal only frames go out that change nothing: agents do none of the others. */
export function sendFrame(
  socket: AgentSocket,
  frame: HubFrame,
  seal: Seal = (unsealed) => unsealed,
): boolean {
  if (socket.readyState !== socket.OPEN) return false;
  socket.send(JSON.stringify(seal(frame)));
  return true;
}

/** Says why, and closes. The socket is cut if the other side does not close in time. */
export function sayGoodbye(
  socket: AgentSocket,
  code: GoodbyeCode,
  detail: string,
  version: number = FRAME_VERSION,
): void {
  sendFrame(socket, { v: version, type: 'goodbye', code, detail: detail.slice(0, 500) });
  socket.close(1008, code);
  const timer = setTimeout(() => socket.terminate(), 2000);
  timer.unref();
}

/** Whether a living process holds the other end. One that has said that it closes does not count. */
export function answersPing(socket: AgentSocket, withinMs: number): Promise<boolean> {
  if (socket.readyState !== socket.OPEN) return Promise.resolve(false);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), withinMs);
  socket.on('pong', () => resolve(socket.readyState === socket.OPEN));
  socket.on('close', () => resolve(false));
  socket.ping();
  return promise.finally(() => clearTimeout(timer));
}
