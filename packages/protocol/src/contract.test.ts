import { assert, constantFrom, property } from 'fast-check';
import { expect, test } from 'vitest';
import { POLICY } from './access/policy.ts';
import {
  type ActionStatus,
  ActionStatus as Status,
  api,
  isDown,
  isFinal,
  isOpen,
  needsAttention,
  NEXT_STATUSES,
  ORDER_OUT_STATUSES,
  PROBLEMS,
  type RouteContract,
  type Service,
} from './index.ts';

const STATUSES = Status.options;

function reachable(from: ActionStatus): Set<ActionStatus> {
  const seen = new Set<ActionStatus>();
  const next = [...NEXT_STATUSES[from]];
  for (const status of next) {
    if (seen.has(status)) continue;
    seen.add(status);
    next.push(...NEXT_STATUSES[status]);
  }
  return seen;
}

test('an action is either open or final, never both', () => {
  for (const status of STATUSES) expect([status, isOpen(status)]).toEqual([status, !isFinal(status)]);
});

test('every status can be reached from `pending`, and none twice: nothing leads back', () => {
  expect([...reachable('pending')].toSorted()).toEqual(
    STATUSES.filter((status) => status !== 'pending').toSorted(),
  );
  for (const status of STATUSES) expect(reachable(status)).not.toContain(status);
});

test('from every open status an end can be reached; an order out never becomes one that was not sent', () => {
  for (const status of STATUSES.filter(isOpen)) expect([...reachable(status)].some(isFinal)).toBe(true);
  for (const status of ORDER_OUT_STATUSES)
    for (const unsent of ['pending', 'approved', 'rejected', 'expired'] as const)
      expect(reachable(status)).not.toContain(unsent);
  // One that is out is cancelled on its agent's proof alone, before anything is known to have begun.
  for (const begun of ['executing', 'unknown'] as const) expect(reachable(begun)).not.toContain('cancelled');
});

test('what began to run is never said to have been refused, unless it was unknown first', () => {
  expect(NEXT_STATUSES.executing).not.toContain('refused');
  expect(NEXT_STATUSES.unknown).not.toContain('executing');
});

const routes: [string, RouteContract][] = Object.entries(api);

test('no two routes have the same method and address', () => {
  const addresses = routes.map(([, { method, path }]) => `${method} ${path.replaceAll(/:\w+/g, ':')}`);
  expect(new Set(addresses).size).toBe(addresses.length);
});

test.each(routes)('%s names the parameters of its address, and problems that exist', (_name, route) => {
  const named = [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => String(name));
  const shape = (route.params as { shape?: object } | undefined)?.shape ?? {};
  expect(Object.keys(shape).toSorted()).toEqual(named.toSorted());
  for (const code of route.problems) expect(PROBLEMS).toHaveProperty(code);
  expect(route.summary).toMatch(/^[A-Z].*[^.]$/);
});

test('the ways in, the question who is signed in, and what a job pings, are open to strangers, and nothing else of the API', () => {
  const open = Object.entries(POLICY.routes).filter(([, { needs }]) => needs === 'anyone');
  expect(open.map(([name]) => name)).toEqual([
    'setUp',
    'acceptInvitation',
    'signIn',
    'beginOidc',
    'finishOidc',
    'whoAmI',
    'beginPasskeySignIn',
    'finishPasskeySignIn',
    'ping',
  ]);
});

test('a service needs attention when it should run and does not', () => {
  const service = (change: Partial<Service>) =>
    ({ target: 'systemd:plex.service', expected: true, enabled: true, ...change }) as Service;
  const STOPPED = ['stopped', 'failed', 'not_found'] as const;
  const FINE = ['running', 'activating', 'deactivating', 'reloading', 'unknown'] as const;
  for (const status of STOPPED) expect(needsAttention(service({ status }))).toBe(true);
  for (const status of FINE) expect(needsAttention(service({ status, state_class: 'running' }))).toBe(false);
  expect(needsAttention(service({ status: 'activating', state_class: 'crash_loop' }))).toBe(true);
  assert(
    property(constantFrom(...STOPPED), (status) => {
      expect(needsAttention(service({ status, expected: false }))).toBe(false);
      expect(needsAttention(service({ status, enabled: false }))).toBe(false);
    }),
  );
  expect(STOPPED.map(isDown)).toEqual([true, true, false]);
});
