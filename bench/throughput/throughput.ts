import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { api } from '@homelabcmd/protocol';
import { ApiClient } from '@homelabcmd/testkit';
import { PostgresServer } from '@homelabcmd/testkit/postgres';
import { startHubProcess } from '../../test/house/hub-process.ts';
import { distributionOf, type Finding, forComparison, milliseconds } from '../statistics.ts';
import { connectQuickAgent, type QuickAgent } from './agent.ts';
import { sharesOfProfile } from './profile.ts';

const SERVERS = 10;
const SERVICES = 100;
const AT_ONCE = 100;
const WARM_UP = 1000;
/** The median counts: a machine that others use too differs by a tenth from run to run. */
const RUNS = 3;
const ACTIONS = 3000;
const LIMIT_PER_SECOND = 300;
const FSYNC_MS = 2000;
const PROFILE_LINES = 12;

/** How many actions a hub takes from the request to the committed outcome in a second, many at once. */
export async function benchThroughput(): Promise<Finding[]> {
  const commits = commitsPerSecond();
  const runs: Measured[] = [];
  for (let n = 0; n < RUNS; n += 1) runs.push(await measure({}));
  const [slowest, measured, fastest] = runs.toSorted((a, b) => a.perSecond - b.perSecond) as [
    Measured,
    Measured,
    Measured,
  ];
  const onPostgres = await measureOnPostgres();
  const profiled = await profile();
  console.log(
    `\nWhere the hub's time goes (${profiled.perSecond.toFixed(0)} actions/s while it is watched):`,
  );
  for (const { where, share } of profiled.shares)
    console.log(`  ${(100 * share).toFixed(1).padStart(5)} %  ${where}`);
  return [
    {
      bar: 'B7',
      what: `SQLite, FULL, ${AT_ONCE} at once: request, approval, order, outcome`,
      figure: `${measured.perSecond.toFixed(0)} actions/s (${slowest.perSecond.toFixed(0)} to ${fastest.perSecond.toFixed(0)} in ${RUNS} runs), n ${ACTIONS} each`,
      limit: `≥ ${LIMIT_PER_SECOND} a second`,
      isReached: measured.perSecond >= LIMIT_PER_SECOND,
    },
    forComparison({
      bar: 'B7',
      what: 'each of these actions, from the request to the committed outcome',
      figure: milliseconds(distributionOf(measured.eachMs)),
    }),
    forComparison({
      bar: 'B7',
      what: 'the hub’s processor time for one of them',
      figure: `${measured.hubMs.toFixed(2)} ms`,
    }),
    forComparison({
      bar: 'B7',
      what: `the same on PostgreSQL, on the same machine and disk`,
      figure: `${onPostgres.perSecond.toFixed(0)} actions/s, ${milliseconds(distributionOf(onPostgres.eachMs))}`,
    }),
    forComparison({
      bar: 'B7',
      what: 'bare commits of one row, SQLite, FULL, same disk',
      figure: `${commits.toFixed(0)} a second`,
    }),
  ];
}

interface Measured {
  readonly perSecond: number;
  readonly eachMs: readonly number[];
  /** Processor time of the hub for one action. */
  readonly hubMs: number;
}

async function measureOnPostgres(): Promise<Measured> {
  // On the disk, where a commit costs what it costs people.
  await using server = await PostgresServer.start(tmpdir());
  return await measure({ HOMELABCMD_DATABASE_URL: server.url('postgres') });
}

async function measure(settings: Record<string, string>): Promise<Measured> {
  await using hub = await startHubProcess({ HOMELABCMD_LOG_LEVEL: 'warn', ...settings });
  const client = new ApiClient(hub.url, hub.apiKey);
  using stack = new DisposableStack();
  const agents: QuickAgent[] = [];
  const serverIds = Array.from({ length: SERVERS }, (_, n) => `server-${n + 1}`);
  for (const server_id of serverIds) {
    const { token } = await client.call(api.enrolServer, { params: { server_id } });
    agents.push(stack.use(await connectQuickAgent(hub.url, server_id, token)));
  }
  let next = 0;
  const one = async () => {
    const n = next;
    next += 1;
    const server = n % SERVERS;
    const params = {
      server_id: serverIds[server] ?? '',
      service_name: `service-${Math.floor(n / SERVERS) % SERVICES}`,
    };
    const beganMs = performance.now();
    const { action_id, order_id } = await client.call(api.restartService, { params });
    await client.call(api.approveAction, { params: { action_id } });
    await agents[server]?.acknowledged(order_id);
    return performance.now() - beganMs;
  };
  await manyAtOnce(WARM_UP, one);
  const [beganMs, busyMs] = [performance.now(), processorTimeMs(hub.pid)];
  const eachMs = await manyAtOnce(ACTIONS, one);
  return {
    perSecond: ACTIONS / ((performance.now() - beganMs) / 1000),
    eachMs,
    hubMs: (processorTimeMs(hub.pid) - busyMs) / ACTIONS,
  };
}

/** Fields 14 and 15 of proc(5) `stat`, user and system, in hundredths of a second. */
function processorTimeMs(pid: number): number {
  const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return 10 * (Number(afterName[11]) + Number(afterName[12]));
}

async function manyAtOnce(total: number, one: () => Promise<number>): Promise<number[]> {
  const eachMs: number[] = [];
  let left = total;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (; left > 0; ) {
        left -= 1;
        eachMs.push(await one());
      }
    }),
  );
  return eachMs;
}

/** The same once more, watched: the figures of a watched hub are not counted. */
async function profile() {
  const folder = mkdtempSync(join(tmpdir(), 'homelabcmd-profile-'));
  try {
    const { perSecond } = await measure({ NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folder}` });
    return { perSecond, shares: sharesOfProfile(folder, PROFILE_LINES) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function commitsPerSecond(): number {
  const folder = mkdtempSync(join(tmpdir(), 'homelabcmd-commits-'));
  try {
    using database = new DatabaseSync(join(folder, 'bare.db'));
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE bare (text TEXT)');
    const insert = database.prepare('INSERT INTO bare (text) VALUES (?)');
    const text = 'x'.repeat(1000);
    const beganMs = performance.now();
    let commits = 0;
    for (; performance.now() - beganMs < FSYNC_MS; commits += 1) insert.run(text);
    return commits / (FSYNC_MS / 1000);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
