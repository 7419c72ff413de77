import { LiveEvent } from '@homelabcmd/protocol';
import { expect } from 'vitest';
import { API_KEY, type TestHub } from './hub-fixture.ts';

export interface Message {
  readonly id: string | null;
  readonly event: string;
  readonly data: unknown;
}

/** A reader of the live stream that keeps every message in order. */
export class TestStream implements AsyncDisposable {
  readonly messages: Message[] = [];
  readonly response: Response;
  isEnded = false;
  readonly #stop: AbortController;
  readonly #reading: Promise<void>;

  private constructor(response: Response, stop: AbortController) {
    this.response = response;
    this.#stop = stop;
    this.#reading = this.#read().catch(() => {});
  }

  /** With the key, unless `headers` say otherwise; an empty `x-api-key` shows none. */
  static async open(
    hub: TestHub,
    lastEventId?: string,
    headers: Record<string, string> = {},
  ): Promise<TestStream> {
    const stop = new AbortController();
    const all = new Headers({
      'x-api-key': API_KEY,
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
      ...headers,
    });
    if (all.get('x-api-key') === '') all.delete('x-api-key');
    const response = await fetch(`${hub.url}/api/v1/events`, { headers: all, signal: stop.signal });
    return new TestStream(response, stop);
  }

  /** Every fact so far, checked by the protocol's schema. */
  get facts(): LiveEvent[] {
    return this.of('fact').map((message) => LiveEvent.parse(message.data));
  }

  of(event: string): Message[] {
    return this.messages.filter((message) => message.event === event);
  }

  /** The first message of a name, as soon as it has come. */
  async first(event: string): Promise<Message> {
    await expect.poll(() => this.of(event).length, { interval: 5, timeout: 8000 }).toBeGreaterThan(0);
    const [found] = this.of(event);
    if (!found) throw new Error(`no ${event}`);
    return found;
  }

  async ended(): Promise<void> {
    await this.#reading;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#reading;
  }

  async #read(): Promise<void> {
    let text = '';
    try {
      for await (const chunk of (this.response.body ?? []) as AsyncIterable<Uint8Array>) {
        text += Buffer.from(chunk).toString('latin1');
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks)
          this.messages.push(messageOf(Buffer.from(block, 'latin1').toString('utf8')));
      }
    } finally {
      this.isEnded = true;
    }
  }
}

function messageOf(block: string): Message {
  const fields = block
    .split('\n')
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]);
  const field = (name: string) => fields.find(([key]) => key === name)?.[1] ?? null;
  return { id: field('id'), event: field('event') ?? '', data: JSON.parse(field('data') ?? 'null') };
}
