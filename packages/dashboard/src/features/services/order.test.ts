import { type Service, needsAttention } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { aFailedService, aService, anAction } from '../../testing/things.ts';
import { countServices, inOrder } from './order.ts';

const probe = {
  kind: 'tcp',
  host: '127.0.0.1',
  port: 80,
  interval_ms: 1000,
  timeout_ms: 1000,
  failures_before_down: 3,
} as const;
const silent = (over: Partial<Service> = {}) =>
  aService({ probe, probe_report: { verdict: 'not_answering', detail: '', since: null }, ...over });
const names = (services: readonly Service[]) => services.map((service) => service.service_name);

const all = [
  aService({ service_name: 'seen', expected: false }),
  aService({ service_name: 'b' }),
  aService({ service_name: 'a' }),
  aService({ service_name: 'paused', enabled: false, status: 'failed', state_class: 'down' }),
  aService({ service_name: 'vital', critical: true }),
  silent({ service_name: 'silent' }),
  aService({ service_name: 'idle', status: 'stopped', state_class: 'down' }),
  aFailedService({ service_name: 'broken' }),
  aService({ service_name: 'looping', status: 'activating', state_class: 'crash_loop' }),
  silent({ service_name: 'z-vital-silent', critical: true }),
];

test('what needs someone comes first, the critical before the others and the worst first; then critical, then by name', () => {
  expect(names(inOrder(all, new Map()))).toEqual([
    'z-vital-silent',
    'broken',
    'looping',
    'silent',
    'idle',
    'vital',
    'a',
    'b',
    'paused',
    'seen',
  ]);
});

test('the order depends on the services alone, not on the order in which they came', () => {
  expect(names(inOrder(all.toReversed(), new Map()))).toEqual(names(inOrder(all, new Map())));
});

test('one with an open action comes before those that run', () => {
  const action = anAction({ service_name: 'b' });
  const services = [aService({ service_name: 'a' }), aService({ service_name: 'b' })];
  expect(names(inOrder(services, new Map([[action.target, action]])))).toEqual(['b', 'a']);
});

test('what a silent server last said needs nobody', () => {
  const services = [aFailedService({ service_name: 'b', stale: true }), aService({ service_name: 'a' })];
  expect(names(inOrder(services, new Map()))).toEqual(['a', 'b']);
  expect(countServices(services).down).toBe(0);
});

test('what is down and what does not answer are counted apart, and together are what needs someone', () => {
  const counts = countServices(all);
  expect(counts).toEqual({ expected: 9, running: 5, down: 3, silent: 2, paused: 1 });
  expect(counts.down + counts.silent).toBe(all.filter(needsAttention).length);
});
