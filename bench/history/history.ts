import { statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openHubStore, sql, STORE_FILE, tiersOf } from '@homelabcmd/hub/rules';
import { api, type QueryInputOf } from '@homelabcmd/protocol';
import { ApiClient } from '@homelabcmd/testkit';
import { PostgresServer } from '@homelabcmd/testkit/postgres';
import { type HubProcess, startHubProcess } from '../../test/house/hub-process.ts';
import { distributionOf, type Finding, forComparison, milliseconds } from '../statistics.ts';
import { fillHistory } from './fill.ts';

const SERVERS = 50;
const DAYS = 30;
const CHARTS = 300;
const LIMIT_BYTES = 300 * 1024 ** 2;
const LIMIT_MS = 50;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const TIERS = tiersOf({
  '10s': 2 * HOUR_MS,
  '1min': 2 * DAY_MS,
  '10min': 30 * DAY_MS,
  '1h': 730 * DAY_MS,
});

/** What 30 days of 50 servers take on the disk, and how soon a chart of all of it is answered by a built hub. */
export async function benchHistory(): Promise<Finding[]> {
  const onSqlite = await measure(null);
  await using server = await PostgresServer.start(tmpdir());
  const onPostgres = await measure(server.url('postgres'));
  return [
    ...findingsOf('SQLite', onSqlite),
    ...findingsOf('PostgreSQL', onPostgres),
    forComparison({
      bar: 'D5',
      what: 'all 19 series of a server over 30 days, at most 800 points each, SQLite',
      figure: milliseconds(distributionOf(onSqlite.wholeMs)),
    }),
  ];
}

interface Measured {
  readonly bytes: number;
  readonly chartMs: readonly number[];
  readonly wholeMs: readonly number[];
}

function findingsOf(engine: string, { bytes, chartMs }: Measured): Finding[] {
  const chart = distributionOf(chartMs);
  return [
    {
      bar: 'D5',
      what: `${DAYS} days of ${SERVERS} servers on the disk, ${engine}`,
      figure: `${(bytes / 1024 ** 2).toFixed(1)} MiB`,
      limit: `≤ ${LIMIT_BYTES / 1024 ** 2} MiB`,
      isReached: bytes <= LIMIT_BYTES,
    },
    {
      bar: 'D5',
      what: `a chart of ${DAYS} days, 4320 points with least and greatest, ${engine}`,
      figure: milliseconds(chart),
      limit: `p95 ≤ ${LIMIT_MS} ms`,
      isReached: chart.p95 <= LIMIT_MS,
    },
  ];
}

async function measure(databaseUrl: string | null): Promise<Measured> {
  const settings: Record<string, string> =
    databaseUrl === null ? {} : { HOMELABCMD_DATABASE_URL: databaseUrl };
  await using hub = await startHubProcess({ HOMELABCMD_LOG_LEVEL: 'warn', ...settings });
  await hub.kill();
  const { serverIds, bytes } = await fill(hub, databaseUrl);
  await hub.start();
  const client = new ApiClient(hub.url, hub.apiKey);
  const charts = (query: QueryInputOf<typeof api.serverMetrics>) =>
    askedInTurn(client, serverIds, { from: new Date(Date.now() - DAYS * DAY_MS).toISOString(), ...query });
  await charts({ metric: 'cpu_percent' });
  return {
    bytes,
    chartMs: await charts({ metric: 'cpu_percent' }),
    wholeMs: await charts({ points: '800' }),
  };
}

/** Nothing of it was read before by a hub that has just started: each server in its turn. */
async function askedInTurn(
  client: ApiClient,
  serverIds: readonly string[],
  query: QueryInputOf<typeof api.serverMetrics>,
): Promise<number[]> {
  const eachMs: number[] = [];
  for (let n = 0; n < CHARTS; n += 1) {
    const beganMs = performance.now();
    const server_id = serverIds[n % serverIds.length] ?? '';
    const { series } = await client.call(api.serverMetrics, { params: { server_id }, query });
    eachMs.push(performance.now() - beganMs);
    if (series.length === 0) throw new Error(`nothing is known of ${server_id}`);
  }
  return eachMs;
}

async function fill({ dataDir }: HubProcess, databaseUrl: string | null) {
  await using store = await openHubStore({ dataDir, databaseUrl });
  const of = { servers: SERVERS, days: DAYS, nowMs: Date.now() };
  if (databaseUrl === null) {
    const serverIds = await fillHistory(store.db, TIERS, of);
    await sql`PRAGMA wal_checkpoint(TRUNCATE)`.execute(store.db);
    return { serverIds, bytes: statSync(join(dataDir, STORE_FILE)).size };
  }
  // The server of this measurement has nobody who tidies up, as that of people has.
  const tidy = async () => void (await sql`VACUUM metric_blocks`.execute(store.db));
  const serverIds = await fillHistory(store.db, TIERS, { ...of, tidy });
  const { rows } = await sql<{ bytes: number }>`SELECT pg_database_size(current_database()) AS bytes`.execute(
    store.db,
  );
  return { serverIds, bytes: rows[0]?.bytes ?? Number.NaN };
}
