import type { ServiceReport } from '@homelabcmd/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { absentUnit, type SystemdEvents, type UnitState } from '../systemd/port.ts';
import { ServiceWatch } from './watch.ts';

const REAL = 'real-name.service';
const OTHER = 'other-name.service';
const list = { path: '/allow', lines: new Set<string>(), problem: null, fixCommand: null };

let units: Map<string, UnitState>;
/** What systemd answers to a name that is not the unit's own. */
let aliases: Map<string, string>;
let events: SystemdEvents | null;
/** What the hub has, by name, and what it had after each frame. */
let held: Map<string, ServiceReport>;
let steps: string[];
let watch: ServiceWatch;

const running = (id: string, change: Partial<UnitState> = {}): UnitState => ({
  ...{ ...absentUnit(id), loadState: 'loaded', activeState: 'active', subState: 'running' },
  ...{ invocationId: 'a'.repeat(32), mainPid: 7, ...change },
});

const names = () => [...held.keys()].toSorted();
const isRunning = (name: string) => held.get(name)?.status === 'running';

function take(reports: readonly ServiceReport[], complete: boolean): void {
  if (complete) held.clear();
  for (const report of reports) held.set(report.unit, report);
  steps.push(names().join(' '));
}

beforeEach(async () => {
  [units, aliases, held, steps, events] = [new Map(), new Map(), new Map(), [], null];
  units.set('web.service', running('web.service'));
  watch = new ServiceWatch({
    systemd: {
      connect: async (told) => {
        events = told;
        return {
          version: '252',
          list: async () => [...units.values()],
          read: async (unit) => units.get(aliases.get(unit) ?? unit) ?? absentUnit(unit),
          [Symbol.asyncDispose]: async () => undefined,
        };
      },
    },
    readJournal: async () => [],
    rules: () => ({
      ...{ hostname: 'media', monitorOnly: false, allow: list, lockout: list, executorProblem: null },
    }),
    probeOf: () => null,
    log: () => undefined,
    onReports: take,
    onSystemd: () => undefined,
  });
  await vi.waitFor(() => expect(watch.ready).toBe(true));
});
afterEach(() => watch[Symbol.asyncDispose]());

/** The unit runs and is told under its own name; systemd has not read yet that it has another. */
async function realNameIsTold(): Promise<void> {
  units.set(REAL, running(REAL));
  events?.loaded(REAL);
  await vi.waitFor(() => expect(isRunning(REAL)).toBe(true));
}

test('a unit that was told under its own name is taken back with the first word of it under the expected one', async () => {
  watch.expect([OTHER]);
  await vi.waitFor(() => expect(held.get(OTHER)?.status).toBe('not_found'));
  await realNameIsTold();
  steps.length = 0;
  aliases.set(OTHER, REAL);
  watch.expect([OTHER]);
  await vi.waitFor(() => expect(isRunning(OTHER)).toBe(true));
  expect(steps).toEqual([`${OTHER} web.service`]);
});

test('where systemd names both at once, the unit is never told under its own name', async () => {
  watch.expect([OTHER]);
  await vi.waitFor(() => expect(held.get(OTHER)?.status).toBe('not_found'));
  steps.length = 0;
  units.set(REAL, running(REAL, { names: [REAL, OTHER] }));
  aliases.set(OTHER, REAL);
  events?.loaded(REAL);
  await vi.waitFor(() => expect(isRunning(OTHER)).toBe(true));
  expect(new Set(steps)).toEqual(new Set([`${OTHER} web.service`]));
});

test('a unit that nobody expects under the other name any more is there once, under its own', async () => {
  aliases.set(OTHER, REAL);
  await realNameIsTold();
  watch.expect([OTHER]);
  await vi.waitFor(() => expect(names()).toEqual([OTHER, 'web.service']));
  watch.expect([]);
  await vi.waitFor(() => expect(names()).toEqual([REAL, 'web.service']));
});

test('of two expected names of a unit the one that is expected no longer goes', async () => {
  aliases.set(OTHER, REAL);
  await realNameIsTold();
  watch.expect([REAL, OTHER]);
  await vi.waitFor(() => expect(names()).toEqual([OTHER, REAL, 'web.service']));
  watch.expect([OTHER]);
  await vi.waitFor(() => expect(names()).toEqual([OTHER, 'web.service']));
});

test('the other names of a unit are told with it', async () => {
  units.set(REAL, running(REAL, { names: [REAL, OTHER, 'third.service'] }));
  aliases.set(OTHER, REAL);
  events?.loaded(REAL);
  await vi.waitFor(() =>
    expect(held.get(REAL)?.circumstances).toMatchObject({
      ...{ alias_of: '', other_names: [OTHER, 'third.service'] },
    }),
  );
  watch.expect([OTHER]);
  await vi.waitFor(() =>
    expect(held.get(OTHER)?.circumstances).toMatchObject({ alias_of: REAL, other_names: ['third.service'] }),
  );
});
