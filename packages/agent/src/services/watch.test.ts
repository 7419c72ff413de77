import { type JournalWithheld, ServiceReport } from '@homelabcmd/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { absentUnit, JournalKept, type SystemdEvents, type UnitState } from '../systemd/port.ts';
import type { RestartRules } from './rules/restartable.ts';
import { CRASH_LOOP_WINDOW_MS } from './status.ts';
import { ServiceWatch } from './watch.ts';

const RUN = 'a'.repeat(32);
const list = { path: '/allow', lines: new Set<string>(), problem: null, fixCommand: null };
let units: Map<string, UnitState>;
let events: SystemdEvents | null;
let frames: { reports: ServiceReport[]; complete: boolean }[];
let rules: RestartRules;
let journal: string[];
let kept: JournalWithheld | null;
let reads: string[];
let watch: ServiceWatch;

const add = (id: string, change: Partial<UnitState> = {}) =>
  units.set(id, {
    ...absentUnit(id),
    loadState: 'loaded',
    activeState: 'active',
    subState: 'running',
    invocationId: RUN,
    mainPid: 7,
    ...change,
  });

/** Changes a unit as systemd tells it: in two signals, `Service` first. */
function change(id: string, ofService: Partial<UnitState>, ofUnit: Partial<UnitState>): void {
  add(id, { ...units.get(id), ...ofService, ...ofUnit });
  events?.changed(id, ofService, false);
  events?.changed(id, ofUnit, true);
}

const crash = (id: string) =>
  change(
    id,
    { result: 'signal', mainPid: 0, mainCode: 2, mainStatus: 9 },
    { activeState: 'failed', subState: 'failed' },
  );
const last = (unit: string) =>
  frames.flatMap(({ reports }) => reports).findLast((report) => report.unit === unit);
const told = () => frames.flatMap(({ reports }) => reports.map(({ unit, status }) => `${unit} ${status}`));

beforeEach(async () => {
  units = new Map();
  events = null;
  frames = [];
  journal = [];
  kept = null;
  reads = [];
  rules = { hostname: 'media', monitorOnly: false, allow: list, lockout: list, executorProblem: null };
  add('plex.service');
  add('web.service', { consistsOf: ['plex.service', 'data.mount'] });
  add('data.mount', { activeState: 'inactive' });
  await start();
});
afterEach(() => watch[Symbol.asyncDispose]());

async function start(): Promise<void> {
  watch = new ServiceWatch({
    systemd: {
      connect: async (told_) => {
        events = told_;
        return {
          version: '252',
          list: async () => [...units.values()],
          read: async (unit) => {
            reads.push(unit);
            return units.get(unit) ?? absentUnit(unit);
          },
          [Symbol.asyncDispose]: async () => undefined,
        };
      },
    },
    readJournal: async () => {
      if (kept !== null) throw new JournalKept(kept);
      const at = new Date(0).toISOString();
      return journal.map((message) => ({ at, identifier: 'plex', pid: 7, priority: 6, message }));
    },
    rules: () => rules,
    probeOf: () => null,
    log: () => undefined,
    onReports: (reports, complete) =>
      frames.push({ reports: reports.map((one) => ServiceReport.parse(one)), complete }),
    onSystemd: () => undefined,
  });
  await vi.waitFor(() => expect(watch.ready).toBe(true));
  expect(frames).toHaveLength(1);
  expect(frames[0]?.complete).toBe(true);
  frames.length = 0;
  reads.length = 0;
}

test('a crash is told at once without asking systemd, and its last words follow', async () => {
  journal = ['disk is full'];
  crash('plex.service');
  await Promise.resolve();
  expect(frames).toHaveLength(1);
  expect(last('plex.service')).toMatchObject({
    status: 'failed',
    why: { signal: 9, invocation_id: RUN, journal: [] },
  });
  expect(reads).toEqual([]);
  await vi.waitFor(() =>
    expect(last('plex.service')?.why?.journal).toMatchObject([{ message: 'disk is full' }]),
  );
});

test('lines that the server keeps are told as kept, and come when root shows them', async () => {
  journal = ['disk is full'];
  kept = { reason: 'Not named.', fix_command: 'echo' };
  crash('plex.service');
  await vi.waitFor(() => expect(last('plex.service')?.why?.journal_withheld).toEqual(kept));
  expect(last('plex.service')?.why?.journal).toEqual([]);

  kept = null;
  watch.rulesChanged();
  await vi.waitFor(() => expect(last('plex.service')?.why?.journal).toHaveLength(1), 10_000);
  expect(last('plex.service')?.why).not.toHaveProperty('journal_withheld');
}, 15_000);

test('what systemd tells twice is told once', async () => {
  crash('plex.service');
  crash('plex.service');
  await Promise.resolve();
  crash('plex.service');
  await Promise.resolve();
  expect(told()).toEqual(['plex.service failed']);
});

test('half a change is not told as if it were whole', async () => {
  events?.changed('plex.service', { mainPid: 0, result: 'signal' }, false);
  await Promise.resolve();
  expect(frames).toEqual([]);
  events?.changed('plex.service', { activeState: 'failed', subState: 'failed' }, true);
  await Promise.resolve();
  expect(told()).toEqual(['plex.service failed']);
});

test('half a change that stays half is told after a moment', async () => {
  events?.changed('plex.service', { mainPid: 8 }, false);
  await vi.waitFor(() => expect(last('plex.service')?.pid).toBe(8));
});

test('the moment between a new run and its start is passed over', async () => {
  crash('plex.service');
  await Promise.resolve();
  frames.length = 0;
  change('plex.service', { result: 'success', mainPid: 9 }, { invocationId: 'b'.repeat(32) });
  await Promise.resolve();
  change('plex.service', {}, { activeState: 'active', subState: 'running' });
  await Promise.resolve();
  expect(told()).toEqual(['plex.service running']);
});

test('who restarts along with it follows the state of the other', async () => {
  expect(crash('plex.service')).toBeUndefined();
  await vi.waitFor(() =>
    expect(last('web.service')?.also_restarts).toEqual([
      { unit: 'plex.service', relation: 'ConsistsOf', active: false },
      { unit: 'data.mount', relation: 'ConsistsOf', active: false },
    ]),
  );
});

test('it follows units of other types too, of which systemd says nothing here: the next list does', async () => {
  add('data.mount');
  events?.loaded('plex.service');
  await vi.waitFor(() =>
    expect(last('web.service')?.also_restarts[1]).toEqual({
      unit: 'data.mount',
      relation: 'ConsistsOf',
      active: true,
    }),
  );
  frames.length = 0;
  units.delete('data.mount');
  events?.loaded('plex.service');
  await vi.waitFor(() => expect(last('web.service')?.also_restarts[1]?.active).toBe(false));
});

test('what was a crash loop is none when time has passed, though systemd tells nothing', async () => {
  await watch[Symbol.asyncDispose]();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  try {
    await start();
    for (const nRestarts of [1, 2, 3])
      change('plex.service', { nRestarts }, { invocationId: String(nRestarts).padStart(32, '0') });
    await vi.waitFor(() => expect(last('plex.service')?.state_class).toBe('crash_loop'));
    await vi.advanceTimersByTimeAsync(CRASH_LOOP_WINDOW_MS + 31_000);
    expect(last('plex.service')?.state_class).toBe('running');
  } finally {
    vi.useRealTimers();
  }
});

test('a daemon-reload, which unloads everything for a moment, removes nothing', async () => {
  events?.reloading(true);
  for (const unit of units.keys()) events?.unloaded(unit);
  for (const unit of units.keys()) events?.loaded(unit);
  add('new.service');
  add('plex.service', { ...units.get('plex.service'), description: 'changed on disk' });
  events?.reloading(false);
  await vi.waitFor(() => expect(last('plex.service')?.description).toBe('changed on disk'));
  await vi.waitFor(() => expect(last('new.service')?.status).toBe('running'));
  expect(frames.filter(({ complete }) => complete)).toEqual([]);
});

test('a service that systemd unloads is gone; an expected one stays', async () => {
  watch.expect(['plex.service', 'absent.service']);
  await vi.waitFor(() => expect(last('absent.service')?.status).toBe('not_found'));
  units.clear();
  for (const unit of ['plex.service', 'web.service']) events?.unloaded(unit);
  await vi.waitFor(() => expect(frames.at(-1)?.complete).toBe(true));
  expect(new Set(frames.at(-1)?.reports.map(({ unit }) => unit))).toEqual(
    new Set(['plex.service', 'absent.service']),
  );
});

test('a new service is found when systemd tells of it', async () => {
  add('new.service');
  events?.loaded('new.service');
  await vi.waitFor(() => expect(last('new.service')?.status).toBe('running'));
});

test('a crash loop is told as such, and ends when systemd gives up', async () => {
  const loop = (restarts: number) => {
    const invocationId = String(restarts).padStart(32, '0');
    change(
      'plex.service',
      { result: 'exit-code', mainPid: 0, mainCode: 1, mainStatus: 3 },
      { activeState: 'activating', subState: 'auto-restart' },
    );
    change(
      'plex.service',
      { nRestarts: restarts, mainPid: restarts, result: 'success' },
      { invocationId, activeState: 'active', subState: 'running' },
    );
  };
  for (const restarts of [1, 2, 3]) {
    loop(restarts);
    await Promise.resolve();
  }
  expect(last('plex.service')).toMatchObject({ status: 'running', state_class: 'crash_loop', restarts: 3 });
  expect(last('plex.service')?.why).toMatchObject({ result: 'exit-code', exit_code: 3 });
  crash('plex.service');
  await Promise.resolve();
  expect(last('plex.service')).toMatchObject({ status: 'failed', state_class: 'down' });
});

test('a change of the rules is told', async () => {
  rules = { ...rules, allow: { ...list, lines: new Set(['plex.service']) } };
  watch.rulesChanged();
  await vi.waitFor(() => expect(last('plex.service')?.restartable.allowed).toBe(true));
  expect(told()).toEqual(['plex.service running']);
});

test('a session that is lost comes back, with what changed meanwhile', async () => {
  add('plex.service', {
    ...units.get('plex.service'),
    activeState: 'failed',
    subState: 'failed',
    result: 'oom-kill',
  });
  events?.lost('the bus was restarted');
  expect(watch.keeper.problem).toContain('the bus was restarted');
  await vi.waitFor(() => expect(last('plex.service')?.why?.oom).toBe(true));
  expect(watch.keeper.problem).toBeNull();
});

test('a service that nobody expects any more goes, if systemd has not loaded it', async () => {
  watch.expect(['absent.service']);
  await vi.waitFor(() => expect(last('absent.service')?.status).toBe('not_found'));
  watch.expect([]);
  await vi.waitFor(() => expect(frames.at(-1)?.complete).toBe(true));
  expect(frames.at(-1)?.reports.map(({ unit }) => unit)).toEqual(['plex.service', 'web.service']);
});

test('as soon as a unit is told of by another name, what was told of it by its own is taken back', async () => {
  units.set('films.service', { ...absentUnit('plex.service'), ...units.get('plex.service') });
  watch.expect(['films.service']);
  await vi.waitFor(() => expect(last('films.service')?.status).toBe('running'));
  const first = frames.find(({ reports }) => reports.some(({ unit }) => unit === 'films.service'));
  expect(first?.complete).toBe(true);
  expect(first?.reports.map(({ unit }) => unit)).toEqual(['films.service', 'web.service']);
});

test('who follows a unit hears of its run, also where nothing was known of the unit: it is loaded only while it runs', () => {
  const heard: string[] = [];
  using _observing = watch.observers.observe('backup.service', {
    state: () => undefined,
    invocation: (invocationId) => heard.push(invocationId),
    job: () => undefined,
  });
  events?.changed('backup.service', { activeState: 'activating', invocationId: RUN }, true);
  expect(heard).toEqual([RUN]);
});
