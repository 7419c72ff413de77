import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { openHubStore, sql, tiersOf } from '@homelabcmd/hub/rules';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fillHistory } from './fill.ts';

const MINUTE_MS = 60_000;
const SERVERS = 2;
const TIERS = tiersOf({
  '10s': 10 * MINUTE_MS,
  '1min': 120 * MINUTE_MS,
  '10min': 30 * 1440 * MINUTE_MS,
  '1h': 730 * 1440 * MINUTE_MS,
});

test('what is filled in is what a hub would have: each tier as far back as it is kept', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'homelabcmd-fill-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true }));
  await using store = await openHubStore({ dataDir, databaseUrl: null });
  const nowMs = Date.parse('2026-02-01T00:00:00.000Z');
  await fillHistory(store.db, TIERS, { servers: SERVERS, days: 1, nowMs });
  const { rows } = await sql<{ step_ms: number; blocks: number }>`
    SELECT step_ms, count(*) AS blocks FROM metric_blocks GROUP BY step_ms ORDER BY step_ms`.execute(
    store.db,
  );
  expect(rows.map(({ blocks }) => blocks / SERVERS)).toEqual([10, 12, 24, 1]);
});
