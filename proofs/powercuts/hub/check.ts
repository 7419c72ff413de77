import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Hub, startHub } from '@homelabcmd/hub';
import { readConfig } from '@homelabcmd/hub/config';
import { createLogger, openSqlite, STORE_FILE, storeOver, verifyChain } from '@homelabcmd/hub/rules';
import { api } from '@homelabcmd/protocol';
import type { KeyPair } from '@homelabcmd/protocol/link';
import { ApiClient } from '@homelabcmd/testkit';
import { LinkedAgent, MARKER } from './agent.ts';
import { API_KEY, DATA_DIR, SERVER } from './life.ts';
import { hubKeyOf, isEnrolled, type Told } from './promises.ts';

/** What came of starting a hub on a disk that lost its power. */
export interface HubVerdict {
  /** Each promise that is broken, and all else that must not be; in whole sentences. */
  readonly violations: readonly string[];
  readonly promises: number;
}

/** Statuses in which nothing has been sent, or never will be. An order that somebody may have begun is in none of them. */
const UNSENT = new Set(['pending', 'approved', 'rejected', 'expired']);

/** Starts the real hub on what a loss of power has left, and holds it against all that was told before. */
export async function checkHub(disk: string, told: readonly Told[], key: KeyPair): Promise<HubVerdict> {
  const dataDir = join(disk, DATA_DIR);
  const violations: string[] = [];
  try {
    await using hub = await startHub(configFor(dataDir), createLogger('silent'));
    violations.push(...(await brokenIn(dataDir, told)));
    violations.push(...(await brokenOnTheLine(hub, told, key)));
  } catch (error) {
    violations.push(`the hub does not work: ${(error as Error).message}`);
  }
  return { violations, promises: told.length };
}

const configFor = (dataDir: string) =>
  readConfig({
    ...{ HOMELABCMD_PORT: '0', HOMELABCMD_DATA_DIR: dataDir, HOMELABCMD_API_KEY: API_KEY },
    ...{ HOMELABCMD_LOG_LEVEL: 'silent', HOMELABCMD_LOCAL_AGENT: 'off' },
  });

/** What the store itself does not hold as it should. */
async function brokenIn(dataDir: string, told: readonly Told[]): Promise<string[]> {
  const file = join(dataDir, STORE_FILE);
  if (!existsSync(file)) return ['there is no store'];
  using database = new DatabaseSync(file, { readOnly: true });
  const sound = database.prepare('PRAGMA integrity_check').get();
  const broken = Object.values(sound ?? {})[0] === 'ok' ? [] : ['the store is damaged'];
  const heads = new Map(
    told.flatMap((one) => (one.kind === 'order' && one.audit ? [[one.audit.entry, one.audit.hash]] : [])),
  );
  using ours = openSqlite(file);
  const chain = await verifyChain(storeOver(ours), new Set(heads.keys()));
  broken.push(...chain.faults.map(({ sentence }) => `the audit: ${sentence}`));
  for (const [entry, hash] of heads)
    if (chain.hashes.get(entry) !== hash) broken.push(`the audit lost entry ${entry}, which an agent holds`);
  return [...broken, ...told.flatMap((one) => brokenPromise(database, one))];
}

function brokenPromise(database: DatabaseSync, told: Told): string[] {
  if (told.kind === 'welcome' || told.kind === 'hub key' || (told.kind === 'ack' && told.orderId === MARKER))
    return [];
  const row = database
    .prepare('SELECT action_id, status, version, approved_at, result_json FROM actions WHERE order_id = ?')
    .get(told.orderId);
  if (row === undefined)
    return [`LOST: ${told.kind} of ${told.orderId} was told, and there is no such action`];
  const at = `#${Number(row['action_id'])}`;
  const status = String(row['status']);
  if (told.kind === 'order')
    return UNSENT.has(status) ? [`LOST: ${at} was sent to its agent, and is ${status}`] : [];
  if (told.kind === 'ack')
    return row['result_json'] === null
      ? [`LOST: the result of ${at} was acknowledged, and is not there`]
      : [];
  if (told.isApproved && row['approved_at'] === null)
    return [`LOST: the approval of ${at} was acknowledged, and is not there`];
  const step = database
    .prepare('SELECT 1 FROM action_steps WHERE action_id = ? AND step IN (?, ?)')
    .get(Number(row['action_id']), told.status, told.status === 'pending' ? 'requested' : told.status);
  const isBehind = Number(row['version']) < told.version || step === undefined;
  return isBehind
    ? [`LOST: ${at} was told as ${told.status}, version ${told.version}, and is ${status}`]
    : [];
}

/** What an agent that comes back is asked for, and whether people can go on. */
async function brokenOnTheLine(hub: Hub, told: readonly Told[], key: KeyPair): Promise<string[]> {
  const hubKey = hubKeyOf(told);
  if (hubKey !== null && hubKey !== hub.publicKey)
    return ['LOST: the hub has another key than the one that its agent knows'];
  if (!isEnrolled(told)) return [];
  const client = new ApiClient(hub.url, API_KEY);
  const agent = new LinkedAgent(hub.url, { key, token: null, hubKey });
  await agent.welcomed();
  await client.call(api.restartService, { params: { server_id: SERVER, service_name: 'after-the-cut' } });
  await agent.settled();
  agent.close();
  const answered = new Set(told.flatMap((one) => (one.kind === 'ack' ? [one.orderId] : [])));
  const sent = agent.frames.flatMap((frame) => (frame.type === 'order' ? [frame.order.order_id] : []));
  return [
    ...sent
      .filter((orderId) => answered.has(orderId))
      .map((id) => `DOUBLE: ${id} was answered and is sent again`),
    ...sent.filter((id, index) => sent.indexOf(id) !== index).map((id) => `DOUBLE: ${id} is sent twice`),
  ];
}
