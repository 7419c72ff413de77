import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Agent, readConfig as readAgentConfig, startAgent } from '@homelabcmd/agent';
import { type Hub, startHub } from '@homelabcmd/hub';
import { readConfig as readHubConfig } from '@homelabcmd/hub/config';
import { type ActionVerb, api, type BodyInputOf } from '@homelabcmd/protocol';
import { pino } from 'pino';
import { ApiClient } from './api-client.ts';
import { FakeExecutor } from './fake-executor.ts';
import { type FakeService, FakeSystemd } from './fake-systemd.ts';

export interface FleetServer {
  readonly services: readonly FakeService[];
  /** Units that the server allows to be restarted. */
  readonly allow?: readonly string[];
  /** Lines of its file of limits; without them there is no such file. */
  readonly limits?: readonly string[];
  /** Lines of its file of approvers; without them there is no such file, and the server is not sealed. */
  readonly approvers?: readonly string[];
  /** Services that someone expects on it: a name, or more than a name, such as a probe. */
  readonly expect?: readonly (string | BodyInputOf<typeof api.expectService>)[];
}

interface RunningServer {
  readonly systemd: FakeSystemd;
  /** The root-owned file of this server, which is the tester's here. */
  readonly allowFile: string;
  /** The root-owned file that seals the server; it need not be there. */
  readonly approversFile: string;
  /** Ends the agent; the services go on. */
  stopAgent(): Promise<void>;
  startAgent(): Promise<void>;
  /** Orders that the agent is at work on now. */
  ordersAtWork(): readonly string[];
  /** What the restart script did with an order: `fence` is that it can never run; `null` is nothing yet. */
  claimOf(orderId: string): ActionVerb | 'fence' | null;
}

/** A hub and its servers in one process: all real but systemd and the restart script. */
export interface Fleet extends AsyncDisposable {
  /** The hub that runs now. */
  readonly hub: Hub;
  readonly client: ApiClient;
  readonly apiKey: string;
  /** Ends the hub; the agents go on and look for it. */
  stopHub(): Promise<void>;
  /** Starts a hub on the same data folder, at the same address. */
  startHub(): Promise<void>;
  readonly servers: ReadonlyMap<string, RunningServer>;
}

/** Starts a fleet. `settings` are the hub's environment; its data folder is removed at the end unless one is named. */
export async function startFleet(
  servers: Readonly<Record<string, FleetServer>>,
  settings: Readonly<Record<string, string>> = {},
): Promise<Fleet> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'homelabcmd-fleet-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const apiKey = settings['HOMELABCMD_API_KEY'] ?? 'the-key-of-the-testkit-fleet-0123456789';
  const config = readHubConfig({
    HOMELABCMD_PORT: '0',
    HOMELABCMD_DATA_DIR: join(folder, 'hub'),
    HOMELABCMD_LOG_LEVEL: 'warn',
    ...settings,
    HOMELABCMD_API_KEY: apiKey,
  });
  const logger = pino({ level: config.logLevel });
  let hub = await startHub(config, logger);
  const port = Number(new URL(hub.url).port);
  const stopHub = async () => hub[Symbol.asyncDispose]();
  stack.defer(stopHub);
  const client = new ApiClient(hub.url, apiKey);
  const running = new Map<string, RunningServer>();
  for (const [serverId, server] of Object.entries(servers)) {
    const services = (server.expect ?? []).map((wish) =>
      typeof wish === 'string' ? { service_name: wish } : wish,
    );
    if (services.length > 0) {
      await ensureServer(client, serverId);
      await client.call(api.expectServices, { params: { server_id: serverId }, body: { services } });
    }
    const started = await startServer(hub, join(folder, serverId), serverId, server);
    stack.defer(started.stopAgent);
    running.set(serverId, started);
  }
  const opened = stack.move();
  return {
    get hub() {
      return hub;
    },
    ...{ client, apiKey, stopHub, servers: running },
    startHub: async () => {
      hub = await startHub({ ...config, port }, logger);
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function ensureServer(client: ApiClient, serverId: string): Promise<void> {
  const { servers } = await client.call(api.listServers, { query: { limit: 500 } });
  if (servers.some((server) => server.server_id === serverId)) return;
  await client.call(api.createServer, { body: { server_id: serverId } });
}

async function startServer(
  hub: Hub,
  folder: string,
  serverId: string,
  server: FleetServer,
): Promise<RunningServer> {
  await mkdir(folder, { recursive: true });
  const write = async (name: string, lines: readonly string[] | undefined): Promise<string> => {
    const file = join(folder, name);
    const text = lines?.map((line) => `${line}\n`).join('');
    if (text !== undefined) await writeFile(file, text, { mode: 0o644 });
    return file;
  };
  const allowFile = await write('restart-allowed', server.allow ?? []);
  const limitsFile = await write('limits', server.limits);
  const approversFile = await write('approvers', server.approvers);
  const systemd = new FakeSystemd(server.services);
  const bootId = randomUUID();
  const executor = new FakeExecutor(systemd, bootId);
  const token = await hub.enrol(serverId);
  const config = readAgentConfig({
    HOMELABCMD_HUB_URL: hub.url,
    HOMELABCMD_ENROLMENT_TOKEN: token,
    HOMELABCMD_STATE_DIR: join(folder, 'state'),
    HOMELABCMD_ALLOW_FILE: allowFile,
    HOMELABCMD_LOCKOUT_FILE: join(folder, 'restart-allowed-lockout'),
    HOMELABCMD_PROBE_TARGETS_FILE: join(folder, 'probe-targets'),
    HOMELABCMD_LIMITS_FILE: limitsFile,
    HOMELABCMD_APPROVERS_FILE: approversFile,
    HOMELABCMD_LOGS_FILE: join(folder, 'logs'),
    HOMELABCMD_LOGS_WATCHED_FILE: join(folder, 'logs-watched'),
    HOMELABCMD_UNIT_DIR: join(folder, 'units'),
    HOMELABCMD_LOG_LEVEL: 'error',
  });
  const parts = {
    systemd,
    executor,
    readJournal: systemd.readJournal,
    hostname: serverId,
    bootId,
    allowFileOwnerUid: process.getuid?.() ?? 0,
  };
  let agent: Agent | null = await startAgent(config, parts);
  return {
    systemd,
    ...{ allowFile, approversFile },
    ordersAtWork: () => agent?.state.ordersAtWork ?? [],
    claimOf: (orderId) => executor.claim(orderId)?.verb ?? null,
    stopAgent: async () => {
      await agent?.[Symbol.asyncDispose]();
      agent = null;
    },
    startAgent: async () => {
      agent ??= await startAgent(config, parts);
    },
  };
}
