import { WhatIsKept } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { connectAgent, failedReport } from '../../test/agent-fixture.ts';
import { HeldClock, startTestHub } from '../../test/hub-fixture.ts';
import { SETTINGS } from '../settings/settings.ts';

const START = '2026-01-01T00:00:00.000Z';
const DAY_MS = 86_400_000;

test('it says of everything for how long it is kept, by which setting, and from when the oldest is', async () => {
  const clock = new HeldClock(Date.parse(START));
  await using hub = await startTestHub({ clock, eventRetentionDays: 12 });
  await using agent = await connectAgent(hub, 'nas');
  await hub.call('POST', '/servers/nas/services', { service_name: 'plex' });
  agent.reports([failedReport('plex.service')]);
  await agent.settled();
  const kept = async () => WhatIsKept.parse((await hub.call('GET', '/hub/kept')).body);
  await expect
    .poll(async () => (await kept()).kinds.find(({ kind }) => kind === 'marks')?.oldest_at)
    .toBe(START);
  const { kinds, store } = await kept();
  const of = (kind: string) => kinds.find((each) => each.kind === kind);
  expect(store.size_bytes).toBeGreaterThan(0);
  expect(of('readings_10s')).toEqual({
    ...{ kind: 'readings_10s', kept_ms: 2 * 3_600_000, setting: 'HOMELABCMD_METRICS_10S_HOURS' },
    oldest_at: null,
  });
  expect(of('events')).toMatchObject({ kept_ms: 12 * DAY_MS, oldest_at: START });
  expect(of('service_changes')?.oldest_at).toBe(START);
  expect(of('audit')).toMatchObject({ kept_ms: null, setting: null, oldest_at: START });
  for (const { setting } of kinds) if (setting !== null) expect(Object.keys(SETTINGS)).toContain(setting);
});
