import type { Client } from 'pg';
import { StoreUnavailable } from '../faults.ts';
import { makeClient, placeOf } from './connect.ts';
import { HUB_LOCK, SELECT_HOLDER } from './locks.ts';
import { translateOutage, wordsOf } from './outage.ts';
import { findUnfit, SELECT_SETTINGS, type ServerSettings } from './requirements.ts';

const RETRY_MS = 500;

/** So that a server notices within a minute that the machine of a hub is gone, and gives the lock to the next. */
const KEEPALIVE = `SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3`;

/**
 * Holds a database for one hub: two hubs on one store would each believe that they know the newest event. The lock is the
 * server's and ends with the connection, so that a hub that was killed leaves none behind.
 *
 * ```
 *          connection lost            connected, and the lock is free or our own of before
 *   held ─────────────────► lost ──────────────────────────────────────────────────────────► held
 *                             │
 *                             └──► ended: another hub has it. This one never writes again.
 * ```
 *
 * While it is not held, no transaction begins: each looks whether `holder` still has the lock.
 */
export class HubLease implements AsyncDisposable {
  /** Resolves when another hub has the database, or the server is not fit any more. */
  readonly ended: Promise<Error>;
  readonly #url: string;
  readonly #end: (why: Error) => void;
  readonly #regained: (() => void)[] = [];
  #client: Client | null = null;
  #holder: number | null = null;
  #former: number | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isDisposed = false;
  #retaking: Promise<void> = Promise.resolve();

  private constructor(url: string) {
    this.#url = url;
    const { promise, resolve } = Promise.withResolvers<Error>();
    this.ended = promise;
    this.#end = resolve;
  }

  /** @throws when another hub holds the database, when it does not answer, or when a store would not be safe in it */
  static async take(url: string): Promise<HubLease> {
    const lease = new HubLease(url);
    await lease.#take();
    return lease;
  }

  /** The process of the server that holds the lock for us. @throws StoreUnavailable while there is none */
  get holder(): number {
    if (this.#holder !== null) return this.#holder;
    throw new StoreUnavailable('The connection to PostgreSQL was lost, and is being made again.');
  }

  /** Calls `listener` each time that the lock was lost and is held again: much may have happened unheard. */
  onRegained(listener: () => void): void {
    this.#regained.push(listener);
  }

  async #take(): Promise<void> {
    const client = makeClient(this.#url);
    try {
      await client.connect().catch((error: unknown) => {
        throw cannotConnect(this.#url, error);
      });
      await refuseUnfit(client, this.#url);
      await client.query(KEEPALIVE);
      await this.#lock(client);
    } catch (error) {
      await client.end().catch(() => {});
      throw translateOutage(error);
    }
    const { pid } = (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0] ?? {
      pid: 0,
    };
    this.#client = client;
    this.#holder = pid;
    this.#former = pid;
    client.once('end', () => this.#lost());
  }

  async #lock(client: Client): Promise<void> {
    const take = `SELECT pg_try_advisory_lock(${HUB_LOCK}) AS taken`;
    for (let tries = 0; tries < 10; tries += 1) {
      const { rows } = await client.query<{ taken: boolean }>(take);
      if (rows[0]?.taken === true) return;
      const holder = (await client.query<{ pid: number }>(SELECT_HOLDER)).rows[0]?.pid;
      if (holder !== undefined && holder !== this.#former) break;
      // The server has yet to notice that our connection of before is gone.
      if (holder !== undefined) await client.query('SELECT pg_terminate_backend($1, 2000)', [holder]);
    }
    throw new DatabaseTaken(
      `Another hub is running on the database ${placeOf(this.#url)}. Stop it first, or set HOMELABCMD_DATABASE_URL.`,
    );
  }

  #lost(): void {
    this.#holder = null;
    this.#client = null;
    if (!this.#isDisposed) this.#retakeSoon();
  }

  #retakeSoon(): void {
    this.#timer = setTimeout(() => {
      this.#retaking = this.#retake();
    }, RETRY_MS);
  }

  async #retake(): Promise<void> {
    try {
      await this.#take();
      if (this.#isDisposed) await this.#client?.end();
      else for (const tell of this.#regained) tell();
    } catch (error) {
      if (error instanceof DatabaseTaken || error instanceof UnfitServer) this.#end(error);
      else if (!this.#isDisposed) this.#retakeSoon();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    await this.#retaking;
    await this.#client?.end().catch(() => {});
  }
}

class DatabaseTaken extends Error {}
class UnfitServer extends Error {}

/** @throws when a store would not be safe on this server */
async function refuseUnfit(client: Client, url: string): Promise<void> {
  const unfit = await findUnfitOf(client);
  if (unfit.length > 0)
    throw new UnfitServer(`A store would not be safe in the database ${placeOf(url)}. ${unfit.join(' ')}`);
}

/** What to tell whoever named a database that cannot be reached. */
const cannotConnect = (url: string, error: unknown): StoreUnavailable =>
  new StoreUnavailable(
    `The database ${placeOf(url)} cannot be used: ${wordsOf(error)}. Check HOMELABCMD_DATABASE_URL and that PostgreSQL runs.`,
    { cause: error },
  );

async function findUnfitOf(client: Client): Promise<string[]> {
  const [settings] = (await client.query<ServerSettings>(SELECT_SETTINGS)).rows;
  return settings === undefined ? [] : findUnfit(settings);
}

/** What is wrong with the server of this database, in sentences that say what to do; empty when a store is safe there. */
export async function unfitnessOf(url: string): Promise<string[]> {
  const client = makeClient(url);
  try {
    await client.connect();
    return await findUnfitOf(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/** Whether a hub holds this database at this moment. Looks, and takes nothing. */
export async function isDatabaseHeld(url: string): Promise<boolean> {
  const client = makeClient(url);
  try {
    await client.connect();
    return (await client.query(SELECT_HOLDER)).rows.length > 0;
  } finally {
    await client.end().catch(() => {});
  }
}
