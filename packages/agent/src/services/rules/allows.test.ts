import { Allows } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { allowsOf } from './allows.ts';

const ALLOWED = '/etc/homelabcmd/restart-allowed';
const list =
  (lines: readonly string[], path = ALLOWED, problem: string | null = null) =>
  () => ({
    ...{ path, lines: new Set(lines), problem, fixCommand: null },
  });
const limits = () => ({
  limits: {
    automatic_spacing_s: 60,
    automatic_per_hour: 3,
    automatic_per_day: 6,
    automatic_per_hour_together: 6,
    all_per_hour: 20,
  },
  problem: null,
});
const files = (change: Partial<Parameters<typeof allowsOf>[0]> = {}) => ({
  ...{ allow: list(['plex.service', 'ssh.service']), lockout: list(['ssh.service']), probeTargets: list([]) },
  ...{ limits, ...change },
});

test('what is told is what stands in the files, with the command of an installed agent', () => {
  expect(allowsOf(files())).toEqual({
    services: ['plex.service', 'ssh.service'],
    lockout: ['ssh.service'],
    probe_targets: [],
    limits: [
      { name: 'automatic_spacing_s', value: 60 },
      { name: 'automatic_per_hour', value: 3 },
      { name: 'automatic_per_day', value: 6 },
      { name: 'automatic_per_hour_together', value: 6 },
      { name: 'all_per_hour', value: 20 },
    ],
    complete: true,
    problem: null,
    command: 'sudo homelabcmd-agent allow NAME.service',
  });
});

test('where the list is elsewhere, the command that is of no use there is not shown', () => {
  const { command } = allowsOf(files({ allow: list([], '/srv/allowed') }));
  expect(command).toBe("echo 'NAME.service' | sudo tee -a /srv/allowed");
});

test('of long lists the beginning is told, so that the first frame stays small, and a list that is not trusted is said', () => {
  const long = Array.from({ length: 300 }, (_, at) => `${at}${'x'.repeat(1000)}`);
  const all = {
    allow: list(long),
    lockout: list(long),
    probeTargets: list(long, ALLOWED, 'It is not trusted.'),
  };
  const told = allowsOf(files(all));
  expect(Allows.parse(told)).toEqual(told);
  expect(told).toMatchObject({ complete: false, problem: 'It is not trusted.' });
  expect(JSON.stringify(told).length).toBeLessThan(48 * 1024);
});
