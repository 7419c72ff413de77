import { NO_READINGS } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { takeSample } from '../../src/alerts/core/evaluate.ts';
import { settle } from '../../src/alerts/core/settle.ts';
import { settingsOf } from '../../src/alerts/rules/registry.ts';
import { FAILED, World } from './world.ts';

function switchRule(world: World, enabled: boolean): void {
  world.change((draft) => {
    const settings = { ...settingsOf(draft, 'service_down'), enabled };
    draft.put('rules', 'service_down', { settings, changedAt: '', changedBy: 'kim' });
    settle(draft, world.nowMs);
  });
}

test('what failed while its rule was off, and has not come back, is told when the rule is on again', () => {
  const world = new World(['nas']);
  switchRule(world, false);
  world.service('nas', 'plex', FAILED);
  world.pass(60_000);
  expect([world.open, world.heard]).toEqual([[], []]);
  switchRule(world, true);
  expect(world.heard).toEqual(['fired plex failed on nas']);
});

test('an alert whose rule is switched off is over, and fires anew when the rule is on again and it still holds', () => {
  const world = new World(['nas']);
  world.service('nas', 'plex', FAILED);
  switchRule(world, false);
  world.restart();
  expect(world.open).toEqual([]);
  switchRule(world, true);
  const all = ['fired plex failed on nas', 'resolved plex failed on nas', 'fired plex failed on nas'];
  expect(world.heard).toEqual(all);
  switchRule(world, false);
  world.service('nas', 'plex', { status: 'running' });
  world.pass(3_600_000);
  switchRule(world, true);
  expect(world.heard).toEqual([...all, 'resolved plex failed on nas']);
  expect(world.memory.subjects.size).toBe(0);
});

test('swap space that is taken away is not nearly used up any more', () => {
  const world = new World(['nas']);
  const reads = (swap_used_bytes: number, swap_total_bytes: number) =>
    world.change((draft) => {
      takeSample(draft, 'nas', { ...NO_READINGS, swap_used_bytes, swap_total_bytes }, world.nowMs);
      settle(draft, world.nowMs);
    });
  reads(0, 0);
  expect(world.open).toEqual([]);
  reads(95, 100);
  world.pass(3_600_000);
  expect(world.open).toMatchObject([{ kind: 'swap_high', state: 'firing' }]);
  reads(0, 0);
  expect(world.open).toEqual([]);
});
