import type { Logger } from '../lib/log.ts';
import type { EventLog, StoredEvent } from './log.ts';

const RETRY_MS = 1000;

/**
 * Someone who reacts to facts: one after the other, or to all that are there at a time, for work that costs the same for
 * one and for many.
 */
export type Follower = {
  readonly name: string;
  /** Where to begin: the last event that was already taken in. */
  readonly after: number;
} & (
  | { take(event: StoredEvent): Promise<void> }
  | { takeAll(events: readonly StoredEvent[]): Promise<void> }
);

/** Runs a follower until it is disposed. A fault is logged, and the same event, or all that it came with, is tried again. */
export function startFollower(log: EventLog, follower: Follower, logger: Logger): AsyncDisposable {
  const stop = new AbortController();
  const running = run(log, follower, logger, stop.signal);
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

async function run(log: EventLog, follower: Follower, logger: Logger, signal: AbortSignal): Promise<void> {
  let cursor = follower.after;
  while (!signal.aborted) {
    try {
      for await (const events of log.batches(cursor, signal)) {
        if ('takeAll' in follower) await follower.takeAll(events);
        else
          for (const event of events) {
            if (signal.aborted) return;
            await follower.take(event);
            cursor = event.id;
          }
        cursor = events.at(-1)?.id ?? cursor;
      }
    } catch (error) {
      logger.error(
        { err: error, follower: follower.name, after: cursor },
        'a follower failed; it tries again',
      );
      await pause(RETRY_MS, signal);
    }
  }
}

function pause(timeMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, timeMs);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done, { once: true });
  });
}
