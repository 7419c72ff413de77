import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Got {
  readonly id: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly atMs: number;
}

/** What a receiver does with one request; what it does not answer it leaves open. */
export type Manner = (got: Got, answer: ServerResponse) => void;

const taken: Manner = (_, answer) => void answer.writeHead(200).end('{"ok":true}');

/** A real HTTP server that does what it is told to, with what it got in the order in which it came. */
export class Receiver implements AsyncDisposable {
  readonly got: Got[] = [];
  readonly #server: Server;
  readonly #manners: Manner[] = [];
  #usual: Manner;

  private constructor(usual: Manner) {
    this.#usual = usual;
    this.#server = createServer((request, response) => void this.#take(request, response));
  }

  static async start(usual: Manner = taken): Promise<Receiver> {
    const receiver = new Receiver(usual);
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get url(): string {
    return `http://${this.host}`;
  }

  /** The next requests are answered so, and those after them as usual. */
  next(...manners: Manner[]): void {
    this.#manners.push(...manners);
  }

  usually(manner: Manner): void {
    this.#usual = manner;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
    const got = {
      ...{ id: String(request.headers['idempotency-key']), path: request.url ?? '' },
      ...{ headers: request.headers, body: Buffer.concat(pieces).toString(), atMs: Date.now() },
    };
    this.got.push(got);
    (this.#manners.shift() ?? this.#usual)(got, response);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export const answering =
  (status: number, body = '', headers: Record<string, string> = {}): Manner =>
  (_, answer) =>
    void answer.writeHead(status, headers).end(body);

export const cutting: Manner = (_, answer) => void answer.socket?.destroy();

export const garbling: Manner = (_, answer) => void answer.socket?.end('\0\0 this is no HTTP \r\n\r\n');

export const stalling: Manner = () => {};
