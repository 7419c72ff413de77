import { connect, type Socket } from 'node:net';

export interface Answered {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** What goes out, byte for byte, and what is done with the connection then. */
export interface Sent {
  readonly bytes: Buffer;
  /** The request is left incomplete, and the sender says that no more will come. */
  readonly isCut: boolean;
  /** The hub may still have something to say to what came after a request that it has answered. */
  readonly isLast: boolean;
  /** The answer has no end of its own: its head is taken, and the connection let go. */
  readonly isStream: boolean;
}

const WITHIN_MS = 15_000;

/** The hub said nothing at all. */
export class NoAnswer extends Error {}

/**
 * One connection over which requests go one after the other, as bytes that no HTTP library has put right. It is opened anew when the
 * hub has closed it.
 */
export class Line implements Disposable {
  readonly #port: number;
  readonly #host: string;
  #socket: Socket | null = null;

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#host = hostname;
    this.#port = Number(port);
  }

  /** @throws NoAnswer */
  async exchange(sent: Sent): Promise<Answered> {
    const socket = (this.#socket ??= connect({ host: this.#host, port: this.#port, noDelay: true }));
    const reader = new AnswerReader(sent.isStream);
    const { promise, resolve, reject } = Promise.withResolvers<Answered>();
    const timer = setTimeout(() => reject(new NoAnswer('no answer came in time')), WITHIN_MS);
    const onData = (chunk: Buffer) => {
      try {
        const answered = reader.take(chunk);
        if (answered !== null) resolve(answered);
      } catch (error) {
        reject(error);
      }
    };
    const onEnd = () => {
      const answered = reader.end();
      if (answered === null) reject(new NoAnswer('the connection was closed without an answer'));
      else resolve(answered);
    };
    socket.on('data', onData).on('close', onEnd).on('error', onIgnored);
    if (sent.isCut) socket.end(sent.bytes);
    else socket.write(sent.bytes);
    try {
      const answered = await promise;
      if (sent.isLast || sent.isCut || sent.isStream || answered.headers.get('connection') === 'close')
        this.#drop();
      return answered;
    } catch (error) {
      this.#drop();
      throw error;
    } finally {
      clearTimeout(timer);
      socket.off('data', onData).off('close', onEnd).off('error', onIgnored);
      if (socket.destroyed && this.#socket === socket) this.#socket = null;
    }
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.on('error', onIgnored);
    socket?.destroy();
  }

  [Symbol.dispose](): void {
    this.#drop();
  }
}

/** The close that comes with it is what counts. */
const onIgnored = () => undefined;

const HEAD_ENDS = Buffer.from('\r\n\r\n');

/** Puts an answer together out of what comes in. */
class AnswerReader {
  readonly #isStream: boolean;
  #bytes: Buffer = Buffer.alloc(0);
  #head: { status: number; headers: Map<string, string>; from: number } | null = null;

  constructor(isStream: boolean) {
    this.#isStream = isStream;
  }

  /** `null`: more is to come. */
  take(chunk: Buffer): Answered | null {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    this.#readHead();
    const head = this.#head;
    if (head === null) return null;
    const rest = this.#bytes.subarray(head.from);
    if (this.#isStream && head.status === 200) return this.#answer('');
    if (head.status === 204 || head.status === 304) return this.#answer('');
    if (head.headers.get('transfer-encoding') === 'chunked') {
      const body = unchunked(rest);
      return body === null ? null : this.#answer(body);
    }
    const length = head.headers.get('content-length');
    if (length === undefined || rest.length < Number(length)) return null;
    return this.#answer(rest.toString('utf8', 0, Number(length)));
  }

  /** The connection is over: what has no length ends with it. */
  end(): Answered | null {
    const head = this.#head;
    if (head === null || head.headers.has('content-length')) return null;
    return this.#answer(this.#bytes.toString('utf8', head.from));
  }

  #readHead(): void {
    while (this.#head === null) {
      const end = this.#bytes.indexOf(HEAD_ENDS);
      if (end < 0) return;
      const [first = '', ...lines] = this.#bytes.toString('latin1', 0, end).split('\r\n');
      const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1] ?? Number.NaN);
      const from = end + HEAD_ENDS.length;
      // One that says to go on comes before the answer.
      if (status >= 100 && status < 200) this.#bytes = this.#bytes.subarray(from);
      else this.#head = { status, headers: new Map(lines.map(headerOf)), from };
    }
  }

  #answer(body: string): Answered {
    const { status, headers } = this.#head ?? { status: 0, headers: new Map<string, string>() };
    return { status, headers, body };
  }
}

function headerOf(line: string): [string, string] {
  const at = line.indexOf(':');
  return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
}

/** `null` while the last chunk has not come. */
function unchunked(bytes: Buffer): string | null {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = bytes.indexOf('\r\n', at);
    if (end < 0) return null;
    const size = Number.parseInt(bytes.toString('latin1', at, end), 16);
    if (Number.isNaN(size))
      throw new NoAnswer(`a part of the answer has no size: ${bytes.toString('latin1', at, at + 200)}`);
    const from = end + 2;
    if (bytes.length < from + size + 2) return null;
    if (size === 0) return Buffer.concat(parts).toString('utf8');
    parts.push(bytes.subarray(from, from + size));
    at = from + size + 2;
  }
}
