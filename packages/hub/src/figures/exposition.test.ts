import { hostileTexts } from '@homelabcmd/testkit/hostile';
import { expect, test } from 'vitest';
import { readScrape, valueIn } from '../../test/figures/scraped.ts';
import { Durations } from './durations.ts';
import { type Family, exposition, gauge } from './exposition.ts';
import { fleetFamilies, MOST_SERVICES } from './fleet.ts';

const family = (samples: Family['samples']): Family => ({
  ...{ name: 'homelabcmd_service_up', type: 'gauge', help: 'Whether it is up.' },
  samples,
});

test('a family has its help, its type and a line for each series', () => {
  const text = exposition([
    family([{ labels: { server: 'nas', service: 'plex' }, value: 1 }, { value: 0.25 }]),
    gauge('homelabcmd_nobody_knows', 'Left out.', null),
  ]);
  expect(text).toBe(
    [
      '# HELP homelabcmd_service_up Whether it is up.',
      '# TYPE homelabcmd_service_up gauge',
      'homelabcmd_service_up{server="nas",service="plex"} 1',
      'homelabcmd_service_up 0.25',
      '',
    ].join('\n'),
  );
});

test('a name stays within its quotes, whatever it holds', () => {
  const names = [
    ...hostileTexts,
    '"} 1\nhomelabcmd_frozen 1\n# ',
    'a\\x2db',
    '\\',
    '\\n',
    '\n',
    '\r',
    '\uD800',
    '',
  ];
  const text = exposition([
    family(names.map((service, n) => ({ labels: { service, n: String(n) }, value: n }))),
  ]);
  const series = readScrape(text);
  expect(series).toHaveLength(names.length);
  for (const [n, { name, labels, value }] of series.entries()) {
    expect([name, value]).toEqual(['homelabcmd_service_up', n]);
    expect(labels['service']).toBe(names[n]?.toWellFormed());
  }
});

test('what is infinite or nothing is written as Prometheus reads it', () => {
  const values = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 1e21, 5e-324];
  const lines = exposition([family(values.map((value) => ({ value })))]).split('\n');
  expect(lines.slice(2, -1).map((line) => line.split(' ')[1])).toEqual([
    '+Inf',
    '-Inf',
    'NaN',
    '1e+21',
    '5e-324',
  ]);
});

test('a histogram adds its buckets up, and no request makes a label of its own', () => {
  const durations = new Durations();
  for (const seconds of [0.0004, 0.001, 0.02, 99]) durations.observe('GET', 200, seconds);
  durations.observe('BREW', 418, 0.001);
  durations.observe('PURGE', 418, 0.001);
  const series = readScrape(exposition([durations.family('d_seconds', 'How long.')]));
  const bucket = (le: string) => valueIn(series, 'd_seconds_bucket', { method: 'GET', status: '2xx', le });
  expect([bucket('0.001'), bucket('0.01'), bucket('0.025'), bucket('10'), bucket('+Inf')]).toEqual([
    2, 2, 3, 3, 4,
  ]);
  expect(valueIn(series, 'd_seconds_count', { method: 'GET' })).toBe(4);
  expect(valueIn(series, 'd_seconds_sum', { method: 'GET' })).toBeCloseTo(99.0214);
  expect(valueIn(series, 'd_seconds_count', { method: 'other', status: '4xx' })).toBe(2);
});

test('no more services than that have series of their own, and it is said how many have none', () => {
  const services = Array.from({ length: MOST_SERVICES + 3 }, (_, n) => ({
    ...{ serverId: 'nas', serviceName: `service-${n}`, isCritical: false },
    ...{ condition: 'running' as const, needsSomebody: false },
  }));
  const standing = { services, servers: [], openActions: new Map(), openAlerts: new Map(), isFrozen: false };
  const at = '2026-01-01T00:00:00.000Z';
  const series = readScrape(exposition(fleetFamilies(standing, () => undefined, at)));
  expect(series.filter(({ name }) => name === 'homelabcmd_service_up')).toHaveLength(MOST_SERVICES);
  expect(valueIn(series, 'homelabcmd_series_left_out')).toBe(3);
  expect(valueIn(series, 'homelabcmd_services', { condition: 'running' })).toBe(MOST_SERVICES + 3);
});
