import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { EventLog, openForWriting, STORE_FILE, type Store } from '@homelabcmd/hub/rules';
import { type Alert, api } from '@homelabcmd/protocol';
import { ApiClient } from '@homelabcmd/testkit';
import { type ProcessGroup, startGroup } from '../processes/group.ts';
import { until } from './until.ts';

const MAIN = resolve(import.meta.dirname, '../../packages/hub/src/main.ts');
const API_KEY = 'the-key-of-the-proof-of-deliveries-0123456789';
const SERVER = 'nas';

/** A hub as people run it: a process of its own, which can be killed and started again on the same store. */
export class House implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'homelabcmd-deliveries-'));
  #group: ProcessGroup | null = null;
  #client: ApiClient | null = null;
  #url = '';
  #beside: { db: Store; log: EventLog } | null = null;
  #kicks = 0;
  /** The one that it took first: agents look for it there again. */
  #port = '0';
  readonly #settings: Readonly<Record<string, string>>;

  constructor(settings: Readonly<Record<string, string>> = {}) {
    this.#settings = settings;
  }

  get #dataDir(): string {
    return join(this.#folder, 'hub');
  }

  /** Where it is, or was last. */
  get url(): string {
    return this.#url;
  }

  get client(): ApiClient {
    if (this.#client === null) throw new Error('No hub runs');
    return this.#client;
  }

  async start(): Promise<void> {
    const group = startGroup(process.execPath, [MAIN, 'serve'], {
      env: {
        ...{ PATH: process.env['PATH'] ?? '', HOMELABCMD_PORT: this.#port, HOMELABCMD_LOCAL_AGENT: 'off' },
        ...{ HOMELABCMD_API_KEY: API_KEY, HOMELABCMD_DATA_DIR: this.#dataDir },
        ...{ HOMELABCMD_OUTGOING_HOSTS: '127.0.0.1', HOMELABCMD_LOG_LEVEL: 'error' },
        ...this.#settings,
      },
    });
    this.#group = group;
    let output = '';
    for (const stream of [group.child.stdout, group.child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    const look = () => /Look {6}(\S+)/.exec(output)?.[1];
    await until('the hub runs', () => {
      if (hasEnded(group))
        throw new Error(`The hub ended (${group.child.exitCode}, ${group.child.signalCode}): ${output}`);
      return look() !== undefined;
    });
    this.#url = look() ?? 'http://127.0.0.1:1';
    this.#port = new URL(this.#url).port;
    this.#client = new ApiClient(this.#url, API_KEY);
  }

  /** As by a loss of power: nothing is written down that was not. */
  async kill(): Promise<void> {
    const child = this.#group?.child;
    child?.kill('SIGKILL');
    await until('the hub is gone', () => this.#group === null || hasEnded(this.#group));
    await this.#group?.end();
    this.#group = null;
    this.#client = null;
  }

  /** The server that the alerts are of. Call it once, with the hub running. */
  async open(): Promise<void> {
    await this.client.call(api.createServer, { body: { server_id: SERVER } });
    const db = openForWriting({ dataDir: this.#dataDir, databaseUrl: null });
    this.#beside = { db, log: await EventLog.open(db, { nowMs: () => Date.now() }) };
  }

  /** Writes a fact of an alert into the log, as the evaluation does, whether the hub runs or not. */
  async tell(type: 'alert.fired' | 'alert.resolved', alert: Alert): Promise<void> {
    await this.#beside?.log.transaction((open) =>
      open.append({ type, serverId: SERVER, actor: 'hub' }, async ({ revision }) => ({
        alert: { ...alert, revision },
      })),
    );
  }

  /** Something of its own happens in the hub, by which it hears of what was written beside it. */
  async kick(): Promise<void> {
    this.#kicks += 1;
    await this.client.call(api.createServer, { body: { server_id: `kick-${this.#kicks}` } });
  }

  /** While the hub is down so much time goes by that nothing is gathered or waited for any more. */
  letTimePass(): void {
    using database = new DatabaseSync(join(this.#dataDir, STORE_FILE), { timeout: 5000 });
    database.exec(`UPDATE channels SET gathers_until = NULL`);
    database.exec(`UPDATE deliveries SET due_at = created_at WHERE state = 'waiting'`);
  }

  rows<T>(sql: string): T[] {
    using database = new DatabaseSync(join(this.#dataDir, STORE_FILE), { readOnly: true, timeout: 5000 });
    return database.prepare(sql).all() as T[];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await this.#beside?.db.destroy();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const hasEnded = ({ child }: ProcessGroup): boolean => child.exitCode !== null || child.signalCode !== null;

/** Far from the numbers that the evaluation gives. */
export const FIRST_ALERT = 1_000_000;

export const alertOf = (alertId: number, state: 'firing' | 'resolved'): Alert => {
  const at = new Date().toISOString();
  return {
    ...{ alert_id: alertId, kind: 'service_down', severity: 'critical', state, server_id: SERVER },
    ...{ subject: `service-${alertId}`, title: `service-${alertId} failed on ${SERVER}` },
    ...{ detail: 'It ran out of memory.', lines: ['killed process'], measured: null },
    ...{ since: at, fired_at: at, resolved_at: state === 'resolved' ? at : null, acknowledged: null },
    ...{ suppressed: null, silenced: null, held_back: 0, flapping: false, came_back: 0, repeats: 0 },
    ...{ escalated_at: null, action_id: null, revision: 1 },
  };
};
