import { pino } from 'pino';
import type { Clock } from '../../src/lib/clock.ts';
import type { Cell } from '../../src/lib/series/cell.ts';
import { unpackBlock } from '../../src/lib/series/block.ts';
import { MetricHistory } from '../../src/metrics/tiers/history.ts';
import { tiersOf } from '../../src/metrics/tiers/tiers.ts';
import type { HubStore } from '../../src/store/hub-store.ts';
import { METRICS_KEPT_MS } from '../hub-fixture.ts';

export const TIERS = tiersOf(METRICS_KEPT_MS);

/** The history of these servers, on a store. Who does not dispose of it has killed it: what it holds in memory is gone. */
export async function historyOn(
  { db }: HubStore,
  clock: Clock,
  serverIds: readonly string[],
): Promise<MetricHistory> {
  const at = new Date(clock.nowMs()).toISOString();
  for (const server_id of serverIds)
    await db
      .insertInto('servers')
      .values({
        ...{ server_id, display_name: null, tags_json: '[]', liveness: 'online', liveness_since: at },
        ...{
          last_seen_at: at,
          facts_json: null,
          maintenance_json: '{"on":false}',
          created_at: at,
          revision: 0,
        },
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  const history = new MetricHistory({ db, clock, logger: pino({ level: 'silent' }), tiers: TIERS });
  await history.start();
  return history;
}

/** The cells of one series of a server in one tier, as they are in the store, by when their steps begin. */
export async function storedCells(
  { db }: HubStore,
  serverId: string,
  stepMs: number,
  key = '1',
): Promise<Record<number, Cell>> {
  const rows = await db
    .selectFrom('metric_blocks')
    .select(['at', 'block'])
    .where('server_id', '=', serverId)
    .where('step_ms', '=', stepMs)
    .execute();
  const found: Record<number, Cell> = {};
  for (const { at, block } of rows)
    for (const [n, step] of unpackBlock(block).entries()) {
      const cell = step?.cells.get(key);
      if (cell !== undefined) found[Date.parse(at) + n * stepMs] = cell;
    }
  return found;
}
