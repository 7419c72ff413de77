import { setTimeout as wait } from 'node:timers/promises';
import { API_BASE, EVENTS_PATH, ServerId, Timestamp } from '@homelabcmd/protocol';
import { z } from 'zod';
import { notAHub, send } from './ask.ts';
import { CommandFailure, EXIT } from './failure.ts';
import type { AskedHub } from './hub.ts';
import { messagesOf } from './messages.ts';

/** A fact as the stream tells it, of whatever type: a hub may be newer than this command. */
export const Fact = z.looseObject({
  id: z.int().positive(),
  at: Timestamp,
  type: z.string(),
  server_id: ServerId.nullable(),
  actor: z.string(),
  data: z.record(z.string(), z.unknown()),
});
export type Fact = z.infer<typeof Fact>;

export type Told =
  | { readonly kind: 'fact'; readonly fact: Fact }
  /** The hub could not go on where it was left: what happened in between is not told. */
  | { readonly kind: 'gap' };

export interface Following {
  /** The event after which to begin; `null`: with what happens from now on. */
  readonly after: number | null;
  readonly signal: AbortSignal;
  /** Called when the connection was lost, and when it is there again. */
  changed(isConnected: boolean): void;
}

/** The hub beats every 5 s. */
const SILENT_MS = 20_000;
const LONGEST_WAIT_MS = 5000;

/**
 * Every fact, in order and each once, until the signal. A connection that is lost is made again, and goes on where it was. Only the
 * first has to come about.
 * @throws CommandFailure when the hub cannot be reached at first, or says no at any time
 */
export async function* follow(hub: AskedHub, { after, signal, changed }: Following): AsyncGenerator<Told> {
  let last = after;
  let hasConnected = false;
  for (let tries = 0; !signal.aborted; tries += 1) {
    if (tries > 0) await wait(Math.min(LONGEST_WAIT_MS, 100 * 2 ** tries), null, { signal }).catch(() => {});
    try {
      for await (const { event, data } of connection(hub, last, signal)) {
        if (tries > 0) changed(true);
        hasConnected = true;
        tries = 0;
        if (event === 'hello') {
          const { head, resumed } = read(Hello, data);
          if (last !== null && !resumed) yield { kind: 'gap' };
          if (!resumed) last = head;
        } else if (event === 'fact') {
          const fact = read(Fact, data);
          last = fact.id;
          yield { kind: 'fact', fact };
        }
      }
    } catch (error) {
      // Anything else is a connection that was lost, and is made again.
      const isSaid = error instanceof CommandFailure;
      if (!signal.aborted && isSaid && (!hasConnected || error.exitCode !== EXIT.unreachable)) throw error;
    }
    if (signal.aborted) return;
    if (!hasConnected) throw notAHub(hub);
    if (tries === 0) changed(false);
  }
}

const Hello = z.object({ head: z.int().nonnegative(), resumed: z.boolean() });

function read<T>(schema: z.ZodType<T>, data: string): T {
  try {
    return schema.parse(JSON.parse(data));
  } catch (cause) {
    throw new CommandFailure(
      EXIT.notDone,
      'The hub tells its events in a way that this version does not know.',
      {
        cause,
      },
    );
  }
}

/** One connection, which ends when it is lost, or has been silent for longer than a hub is. */
async function* connection(hub: AskedHub, last: number | null, signal: AbortSignal) {
  const silent = new AbortController();
  const timer = setTimeout(() => silent.abort(), SILENT_MS);
  try {
    const response = await send(hub, API_BASE + EVENTS_PATH, {
      signal: AbortSignal.any([signal, silent.signal]),
      headers: last === null ? {} : { 'last-event-id': String(last) },
    });
    if (!response.headers.get('content-type')?.startsWith('text/event-stream')) throw notAHub(hub);
    for await (const message of messagesOf(response)) {
      timer.refresh();
      yield message;
    }
  } finally {
    clearTimeout(timer);
  }
}
