import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Action, Problem, Server, Service } from '@homelabcmd/protocol';
import { pino } from 'pino';
import { type Hub, startHub } from '../src/hub.ts';
import type { Clock } from '../src/lib/clock.ts';
import { databaseOf, dropDatabaseOf } from './postgres/databases.ts';
import { changeRows, readRows } from './store-access.ts';

type Settings = Parameters<typeof startHub>[0];

export const API_KEY = 'a-key-of-the-tests-with-more-than-32-characters';

export interface Options {
  readonly timing?: Partial<Settings['timing']>;
  readonly liveness?: Partial<Settings['liveness']>;
  readonly clock?: Clock;
  /** A folder that outlives this hub; without one, the folder goes with the hub. */
  readonly dataDir?: string;
  /** Another way to the store than the one that belongs to the folder. */
  readonly databaseUrl?: string;
  readonly apiKey?: string | null;
  readonly dashboardDir?: string;
  readonly basePath?: string;
  readonly publicUrl?: string;
  readonly trustedProxies?: string[];
  /** Where it listens: on loopback, if nothing is said. */
  readonly host?: string;
  /** A free one, if nothing is said. */
  readonly port?: number;
  readonly tls?: Settings['tls'];
  readonly oidc?: Settings['oidc'];
  readonly outgoingHosts?: Settings['outgoingHosts'];
  readonly eventRetentionDays?: number;
  readonly metricsKeptMs?: Settings['metricsKeptMs'];
  readonly agentFiles?: Settings['agentFiles'];
}

export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
  readonly text: string;
}

interface LogLine {
  readonly level: number;
  readonly msg: string;
}

const ERROR_LEVEL = 50;

/** A real hub on a free port with a data folder of its own. */
export class TestHub implements AsyncDisposable {
  readonly hub: Hub;
  readonly dataDir: string;
  readonly logLines: readonly LogLine[];
  readonly #isFolderOurs: boolean;

  constructor(hub: Hub, dataDir: string, logLines: readonly LogLine[], isFolderOurs: boolean) {
    this.hub = hub;
    this.dataDir = dataDir;
    this.logLines = logLines;
    this.#isFolderOurs = isFolderOurs;
  }

  get url(): string {
    return this.hub.url;
  }

  /** What the hub logged as a fault of its own. */
  get faults(): LogLine[] {
    return this.logLines.filter((line) => line.level >= ERROR_LEVEL);
  }

  /** Sends a request with the key; `path` is below `/api/v1`. The answer's body is whatever the caller says it is. */
  async call<T = Problem>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        'x-api-key': API_KEY,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const value = text === '' ? null : JSON.parse(text);
    return { status: response.status, headers: response.headers, body: value as T, text };
  }

  async addServer(serverId: string): Promise<Server> {
    return (await this.call<Server>('POST', '/servers', { server_id: serverId })).body;
  }

  restart<T = Action>(serverId: string, serviceName: string): Promise<Answer<T>> {
    return this.call<T>('POST', `/servers/${serverId}/services/${encodeURIComponent(serviceName)}/restart`);
  }

  /** Asks for a restart, and approves it. */
  async orderRestart(serverId: string, serviceName: string): Promise<Action> {
    const { body } = await this.restart(serverId, serviceName);
    return (await this.call<Action>('POST', `/actions/${body.action_id}/approve`)).body;
  }

  async action(actionId: number): Promise<Action> {
    return (await this.call<Action>('GET', `/actions/${actionId}`)).body;
  }

  async service(serverId: string, serviceName: string): Promise<Service | undefined> {
    const { body } = await this.call<{ services: Service[] }>('GET', `/servers/${serverId}/services`);
    return body.services.find((service) => service.service_name === serviceName);
  }

  async server(serverId: string): Promise<Server> {
    return (await this.call<Server>('GET', `/servers/${serverId}`)).body;
  }

  /** Rows of the store as another process would read them: only what is committed. */
  rows<T = Record<string, unknown>>(sql: string, ...values: (string | number)[]): T[] {
    return readRows<T>(this.dataDir, sql, values);
  }

  /** Changes the store behind the hub's back. */
  write(sql: string, ...values: (string | number)[]): Promise<void> {
    return changeRows(this.dataDir, sql, values);
  }

  /** Stops the hub and leaves the folder. */
  stop(): Promise<void> {
    return Promise.resolve(this.hub[Symbol.asyncDispose]());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    if (!this.#isFolderOurs) return;
    rmSync(this.dataDir, { recursive: true });
    dropDatabaseOf(this.dataDir);
  }
}

export const DEFAULT_TIMING = {
  settleMs: 10_000,
  pendingTtlMs: 86_400_000,
  approvedTtlMs: 300_000,
  orderTtlMs: 60_000,
  dispatchedLeaseMs: 90_000,
  executingLeaseMs: 300_000,
};

export const METRICS_KEPT_MS = {
  '10s': 2 * 3_600_000,
  '1min': 2 * 86_400_000,
  '10min': 30 * 86_400_000,
  '1h': 730 * 86_400_000,
};

export async function startTestHub(options: Options = {}): Promise<TestHub> {
  const dataDir = options.dataDir ?? temporaryFolder();
  const logLines: LogLine[] = [];
  const logger = pino(
    { level: 'debug', base: null },
    { write: (line) => void logLines.push(JSON.parse(line) as LogLine) },
  );
  const settings: Settings = {
    host: options.host ?? '127.0.0.1',
    tls: options.tls ?? null,
    port: options.port ?? 0,
    dataDir,
    databaseUrl: options.databaseUrl ?? databaseOf(dataDir),
    apiKey: options.apiKey === undefined ? API_KEY : options.apiKey,
    liveness: { staleAfterMs: 30_000, offlineAfterMs: 180_000, ...options.liveness },
    timing: { ...DEFAULT_TIMING, ...options.timing },
    eventRetentionDays: options.eventRetentionDays ?? 30,
    metricsKeptMs: options.metricsKeptMs ?? METRICS_KEPT_MS,
    dashboardDir: options.dashboardDir ?? null,
    basePath: options.basePath ?? '',
    publicUrl: options.publicUrl ?? null,
    trustedProxies: options.trustedProxies ?? [],
    oidc: options.oidc ?? null,
    agentBundle: resolve(import.meta.dirname, '../../agent/dist/agent.mjs'),
    outgoingHosts: options.outgoingHosts ?? [],
    agentFiles: options.agentFiles ?? {
      releaseDir: resolve(import.meta.dirname, '../../../dist/agent'),
      installScript: resolve(import.meta.dirname, '../../../deploy/install-from-hub.sh'),
    },
  };
  const hub = await startHub(settings, logger, options.clock);
  return new TestHub(hub, dataDir, logLines, options.dataDir === undefined);
}

const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'hub-test-'));

/** A folder that goes at the end of the block. */
export function disposableFolder(): Disposable & { readonly path: string } {
  const path = temporaryFolder();
  return {
    path,
    [Symbol.dispose]: () => {
      rmSync(path, { recursive: true });
      dropDatabaseOf(path);
    },
  };
}

/** A clock that stands still until it is told to go on. */
export class HeldClock implements Clock {
  #nowMs: number;

  constructor(startMs = Date.now()) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  advance(byMs: number): void {
    this.#nowMs += byMs;
  }
}

/** Asks for something long, and asks the hub for its health all the while. @returns what came, and how often the hub answered */
export async function whileAnsweringOthers<T>(
  hub: TestHub,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly statuses: readonly number[] }> {
  let isDone = false;
  const working = work().finally(() => {
    isDone = true;
  });
  const statuses: number[] = [];
  while (!isDone) statuses.push((await fetch(`${hub.url}/healthz`)).status);
  return { result: await working, statuses };
}
