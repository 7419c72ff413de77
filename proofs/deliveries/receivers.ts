import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Seeded } from '../report/seeded.ts';

/** How a receiver treats what it is sent. `cutting`: it has taken it, and the hub does not hear so. */
export const MANNERS = ['steady', 'slow', 'failing', 'busy', 'cutting'] as const;
export type Manner = (typeof MANNERS)[number];

/** One request that came in whole. */
export interface Receipt {
  readonly channel: string;
  /** Which life of the hub sent it: 1, 2, 3, … */
  readonly life: number;
  /** The id that a repeat shares. */
  readonly id: string;
  /** What it tells: `1000001 fired`; of an event, its number. */
  readonly told: readonly string[];
  readonly body: string;
  /** Whether the receiver said that it took it. */
  readonly isTaken: boolean;
}

interface Told {
  readonly told: readonly {
    readonly occasion: string;
    readonly alert: { readonly alert_id: number } | null;
  }[];
}

export const EVENTS_CHANNEL = 'events';

/** Real HTTP servers, one address for each channel. */
export class Receivers implements AsyncDisposable {
  readonly receipts: Receipt[] = [];
  /** The life of the hub that runs now. */
  life = 0;
  /** Called when something has come in, before it is answered. */
  arrived: () => void = () => {};
  /** From then on everybody takes everything. */
  isCalm = false;
  readonly #chance: Seeded;
  readonly #server: Server;

  private constructor(chance: Seeded) {
    this.#chance = chance;
    this.#server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on('error', () => {});
      request.on('data', (piece: Buffer) => void pieces.push(piece));
      request.on('end', () => {
        const [, channel = '', manner = ''] = (request.url ?? '').split('/');
        const id = String(request.headers['idempotency-key']);
        const body = Buffer.concat(pieces).toString();
        void this.#answerTo(channel, id, body, manner, (status, headers = {}) =>
          status === null ? void request.socket.destroy() : void response.writeHead(status, headers).end(),
        );
      });
    });
  }

  static async start(chance: Seeded): Promise<Receivers> {
    const receivers = new Receivers(chance);
    receivers.#server.listen(0, '127.0.0.1');
    await once(receivers.#server, 'listening');
    return receivers;
  }

  addressOf(channel: string, manner: Manner): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${channel}/${manner}`;
  }

  async #answerTo(
    channel: string,
    id: string,
    body: string,
    manner: string,
    answer: (status: number | null, headers?: Record<string, string>) => void,
  ): Promise<void> {
    const isBad = !this.isCalm && this.#chance.next() < 0.3;
    const { life } = this;
    if (manner === 'slow' && !this.isCalm) await pause(this.#chance.below(60));
    const isTaken = !isBad || manner === 'steady' || manner === 'slow';
    this.receipts.push({ ...{ channel, life, id, body, isTaken }, told: toldIn(channel, body) });
    this.arrived();
    if (isTaken) answer(200);
    else if (manner === 'cutting') answer(null);
    else if (manner === 'busy') answer(429, { 'retry-after': '1' });
    else answer(500);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}

function toldIn(channel: string, body: string): string[] {
  if (channel === EVENTS_CHANNEL) return [String((JSON.parse(body) as { id: number }).id)];
  return (JSON.parse(body) as Told).told.map(({ occasion, alert }) => `${alert?.alert_id} ${occasion}`);
}
