import {
  API_BASE,
  EVENTS_PATH,
  type LiveEvent,
  type ServerMetrics,
  StreamBeat,
  StreamHello,
} from '@homelabcmd/protocol';
import type { QueryClient } from '@tanstack/react-query';
import { BASE_PATH } from '../../lib/browser/base-path.ts';
import { hubSaid } from '../../lib/hub-clock.ts';
import { hasCode } from '../problem.ts';
import { keepReading, readLatestReadings } from '../servers.ts';
import { readSessionAgain } from '../session.ts';
import { ConnectionStore } from './connection.ts';
import { factLogOf } from './fact-log.ts';
import { FactPace } from './fact-pace.ts';
import { applyFacts, refreshAll, refreshOlderThan } from './live-query.ts';

const SILENT_MS = 15_000;
const WATCH_EVERY_MS = 1000;
const AGAIN_MS = 5000;
const CLOSED = 2;

/** The part of the browser's EventSource that the stream needs. */
export interface Source {
  readonly readyState: number;
  onerror: ((event: Event) => void) | null;
  addEventListener(name: string, listener: (event: MessageEvent<string>) => void): void;
  close(): void;
}

interface StreamOptions {
  readonly client: QueryClient;
  readonly makeSource?: (url: string) => Source;
  /** Each fact, after it is on the page. */
  readonly onFact?: (fact: LiveEvent) => void;
  readonly onSignedOut: () => void;
}

/**
 * The one stream of facts and readings from the hub. The browser reconnects by itself and names the last event that it
 * has; where it gives up, or hears nothing for 15 s, the stream is opened anew.
 */
export class Stream implements Disposable {
  readonly connection = new ConnectionStore();
  readonly #options: StreamOptions;
  #source: Source | null = null;
  readonly #pace: FactPace;
  #hasBegun = false;
  #watch: ReturnType<typeof setInterval> | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(options: StreamOptions) {
    this.#options = options;
    const { client, onFact } = options;
    this.#pace = new FactPace((facts) => {
      applyFacts(client, facts);
      this.#heard();
      for (const fact of facts) onFact?.(fact);
    });
  }

  open(): void {
    this.#source?.close();
    clearTimeout(this.#again);
    this.#watch ??= setInterval(() => this.#checkSilence(), WATCH_EVERY_MS);
    const source = (this.#options.makeSource ?? ((url) => new EventSource(url)))(
      BASE_PATH + API_BASE + EVENTS_PATH,
    );
    this.#source = source;
    const on = (name: string, take: (data: unknown) => void) =>
      source.addEventListener(name, (event) => {
        if (source !== this.#source) return;
        take(JSON.parse(event.data));
      });
    on('hello', (data) => this.#takeHello(StreamHello.parse(data)));
    on('beat', (data) => {
      hubSaid(StreamBeat.parse(data).at);
      this.#heard();
    });
    // Facts and readings come from the hub that serves this page and were checked there: a change on a server must be
    // in the page within milliseconds, so they are not checked again.
    on('fact', (data) => this.#takeFact(data as LiveEvent));
    on('metrics', (data) => {
      keepReading(this.#options.client, data as ServerMetrics);
      this.#heard();
    });
    source.onerror = () => {
      if (source === this.#source) this.#failed(source);
    };
  }

  [Symbol.dispose](): void {
    this.#source?.close();
    this.#source = null;
    this.#pace[Symbol.dispose]();
    clearInterval(this.#watch);
    this.#watch = undefined;
    clearTimeout(this.#again);
  }

  #heard(): void {
    this.connection.set('live', Date.now());
  }

  #takeHello(hello: StreamHello): void {
    const { client } = this.#options;
    const log = factLogOf(client);
    hubSaid(hello.at);
    if (!hello.resumed) {
      log.begin(hello.head);
      if (this.#hasBegun) refreshAll(client);
      else refreshOlderThan(client, hello.head);
    }
    // What was changed while there was no stream was told to nobody.
    if (this.#hasBegun) this.#lookWhoIsSignedIn();
    this.#hasBegun = true;
    // Readings are no facts: none is sent again. Without them the next ones come within 10 s.
    void readLatestReadings(client).catch(() => undefined);
    this.#heard();
  }

  #takeFact(fact: LiveEvent): void {
    factLogOf(this.#options.client).add(fact);
    this.#pace.take(fact);
  }

  #checkSilence(): void {
    const { state, heardAtMs } = this.connection.get();
    if (state !== 'live' || heardAtMs === null || Date.now() - heardAtMs < SILENT_MS) return;
    this.connection.set('lost');
    this.open();
  }

  #failed(source: Source): void {
    const wasLive = this.connection.get().state === 'live';
    this.connection.set('lost');
    // The browser tries again by itself, unless the hub answered with anything but a stream.
    const hasGivenUp = source.readyState === CLOSED;
    if (hasGivenUp) this.#again = setTimeout(() => this.open(), AGAIN_MS);
    // The hub ends a stream when its reader may no longer look, or may do more or less than before.
    if (wasLive || hasGivenUp) this.#lookWhoIsSignedIn();
  }

  #lookWhoIsSignedIn(): void {
    const { client, onSignedOut } = this.#options;
    readSessionAgain(client).catch((error: unknown) => {
      if (hasCode(error, 'unauthenticated')) onSignedOut();
    });
  }
}
