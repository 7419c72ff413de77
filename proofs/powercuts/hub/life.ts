import { join } from 'node:path';
import { api } from '@homelabcmd/protocol';
import type { KeyPair } from '@homelabcmd/protocol/link';
import { ApiClient } from '@homelabcmd/testkit';
import { fileURLToPath } from 'node:url';
import { contentOf, type Recording, recordingOf } from '../disk/recording.ts';
import { startRecorded, type Recorded } from '../disk/record.ts';
import { LinkedAgent } from './agent.ts';
import { type Told, promisesIn } from './promises.ts';

const HUB = fileURLToPath(new URL('../../../packages/hub/src/main.ts', import.meta.url));
export const API_KEY = 'the-key-of-the-proof-by-power-cuts-0123456789';
export const SERVER = 'nas';
/** The data folder below the folder that is recorded: that it was made is at risk too. */
export const DATA_DIR = 'hub';
const READY_WITHIN_MS = 120_000;

export interface LifeOptions {
  /** Where the hub's disk is; what lies there is what the life begins with. */
  readonly disk: string;
  readonly traceFile: string;
  /** Numbers the services of this life, so that none is asked for twice. */
  readonly name: string;
  readonly actions: number;
  /** The agent's key, and what was told to it in earlier lives. */
  readonly agent: { readonly key: KeyPair; readonly isEnrolled: boolean; readonly hubKey: string | null };
  /** Ends by SIGTERM, which has the store put in order, or by SIGKILL. */
  readonly endsWell: boolean;
  /** Of which paths a sync is heeded; of all when left out. */
  readonly heeds?: ((path: string) => boolean) | undefined;
}

/** Has a real hub live for a while, with people and an agent, and answers what it asked of its disk and told to whom. */
export async function recordHubLife(options: LifeOptions): Promise<Recording<Told>> {
  const before = contentOf(options.disk);
  await using hub = startRecorded([process.execPath, HUB, 'serve'], {
    traceFile: options.traceFile,
    env: {
      HOMELABCMD_PORT: '0',
      HOMELABCMD_LOCAL_AGENT: 'off',
      HOMELABCMD_LOG_LEVEL: 'warn',
      HOMELABCMD_API_KEY: API_KEY,
      HOMELABCMD_DATA_DIR: join(options.disk, DATA_DIR),
    },
  });
  const url = await urlOf(hub);
  const heard = await live(url, options);
  hub.kill(options.endsWell ? 'SIGTERM' : 'SIGKILL');
  const recording = recordingOf(await hub.trace(), options.disk, before, promisesIn, options.heeds);
  assertComplete(recording, heard);
  return recording;
}

async function urlOf({ child }: Recorded): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let output = '';
  const late = setTimeout(() => reject(new Error(`the hub does not start:\n${output}`)), READY_WITHIN_MS);
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const url = /Look {6}(\S+)/.exec(output)?.[1];
      if (url !== undefined) resolve(url);
    });
  child.once('close', () => reject(new Error(`the hub ended:\n${output}`)));
  return promise.finally(() => clearTimeout(late));
}

/** What people and the agent do; answers the orders of which somebody heard something. */
async function live(url: string, options: LifeOptions): Promise<Set<string>> {
  const client = new ApiClient(url, API_KEY);
  const heard = new Set<string>();
  const { key, isEnrolled, hubKey } = options.agent;
  const agent = new LinkedAgent(url, { key, token: isEnrolled ? null : await enrol(client), hubKey });
  /** The orders of which the agent says nothing. */
  const silent = new Set<string>();
  agent.obeys = (orderId) => !silent.has(orderId);
  await agent.welcomed();
  const shares = Array.from({ length: 3 }, (_, lane) => lane);
  await Promise.all(
    shares.map(async (lane) => {
      for (let n = lane; n < options.actions; n += shares.length)
        heard.add(await story(client, agent, silent, `${options.name}-${n}`, n));
    }),
  );
  await agent.settled();
  agent.close();
  return heard;
}

async function enrol(client: ApiClient): Promise<string> {
  const { servers } = await client.call(api.listServers, { query: { limit: 500 } });
  if (!servers.some((server) => server.server_id === SERVER))
    await client.call(api.createServer, { body: { server_id: SERVER } });
  return (await client.call(api.enrolServer, { params: { server_id: SERVER } })).token;
}

/** One wish: most are approved and carried out; some end otherwise, and some are left as they are. */
async function story(
  client: ApiClient,
  agent: LinkedAgent,
  silent: Set<string>,
  service: string,
  n: number,
): Promise<string> {
  const { action_id, order_id, digest } = await client.call(api.restartService, {
    params: { server_id: SERVER, service_name: service },
  });
  const params = { action_id };
  if (n % 7 === 3) silent.add(order_id);
  if (n % 9 === 4) await client.call(api.rejectAction, { params, body: { reason: 'Not now' } });
  else if (n % 9 === 7) await client.call(api.cancelAction, { params });
  else if (n % 9 !== 8) {
    await client.call(api.approveAction, { params, body: { digest } });
    if (!silent.has(order_id)) await agent.acknowledged(order_id);
  }
  return order_id;
}

/** What was heard must be in the recording, or a broken promise would go unseen. */
function assertComplete({ steps }: Recording<Told>, heard: ReadonlySet<string>): void {
  const told = new Set(
    steps.flatMap((step) => (step.kind === 'seen' && step.seen.kind === 'action' ? [step.seen.orderId] : [])),
  );
  for (const orderId of heard)
    if (!told.has(orderId)) throw new Error(`The trace does not hold the answer about ${orderId}.`);
}
