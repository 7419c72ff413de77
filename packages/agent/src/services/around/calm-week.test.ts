import { findingOf, needsAttention, targetOf } from '@homelabcmd/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { absentUnit, type UnitState } from '../../systemd/port.ts';
import { ServiceBook } from '../book.ts';
import { applyState } from '../record.ts';
import { reportOf } from '../report.ts';

const DAY_S = 86_400;

/** What systemd tells of a unit in the normal course of things, in the order in which it does. */
type Step = Partial<UnitState>;

/** A server's units, driven as systemd drives them; everything that the hub would be told is judged as the hub judges it. */
class CalmServer {
  readonly alarms: string[] = [];
  #book = new ServiceBook();
  #nowS = 1000;
  #runs = 0;

  constructor(units: readonly UnitState[]) {
    this.#book.expect(new Set(units.map(({ id }) => id)));
    for (const unit of units) this.#book.read(unit.id, unit, true, this.#nowS * 1000);
  }

  wait(seconds: number): void {
    this.#nowS += seconds;
  }

  tell(unit: string, ...steps: Step[]): void {
    for (const step of steps) {
      const record = this.#book.records.get(unit);
      if (record === undefined) throw new Error(`there is no ${unit}`);
      this.#nowS += 0.001;
      applyState(record, { stateChangedAtMs: this.#nowS * 1000, ...step }, true, this.#nowS * 1000);
      this.#judge();
    }
  }

  newRun = (): string => (++this.#runs).toString(16).padStart(32, '0');

  get usec(): number {
    return Math.round(this.#nowS * 1e6);
  }

  #judge(): void {
    for (const record of this.#book.records.values()) {
      if (record.aboutToStart) continue;
      const name = record.state.id;
      const report = reportOf(record, name, {
        now: this.#nowS * 1000,
        restartable: () => ({ allowed: true, reason: '', fix_command: null }),
        neighbours: this.#book,
        probeOf: () => null,
      });
      const seen = { ...report, target: targetOf(name), probe: null, probe_report: null };
      const service = { ...seen, expected: true, enabled: true };
      if (needsAttention(service)) this.alarms.push(`${name} ${findingOf(service)}`);
    }
  }
}

const loaded = (id: string, change: Step = {}): UnitState => ({
  ...absentUnit(id),
  ...{ loadState: 'loaded', type: 'simple', unitFileState: 'enabled', unitFile: `/lib/systemd/system/${id}` },
  ...change,
});

const DAEMONS = ['nginx.service', 'plex.service', 'sonarr.service', 'worker@one.service'];
const UNITS = [
  ...DAEMONS.map((id) => loaded(id)),
  loaded('java.service'),
  loaded('firewall.service', { type: 'oneshot', remainAfterExit: true }),
  loaded('backup.service', { type: 'oneshot', unitFileState: 'static', triggeredBy: ['backup.timer'] }),
  loaded('backup.timer', { type: 'timer', timerStarts: 'backup.service' }),
  loaded('cups.socket', { type: 'socket' }),
  loaded('cups.service', { unitFileState: 'static', triggeredBy: ['cups.socket'] }),
];

const starting = (at: CalmServer): Step[] => [
  { jobQueued: true },
  {
    ...{ activeState: 'activating', subState: 'start', invocationId: at.newRun(), result: 'success' },
    ...{ mainStartedUsec: at.usec, mainPid: 100, conditionsAskedUsec: at.usec, conditionsMet: true },
  },
  { activeState: 'active', subState: 'running', activeEnteredAtMs: at.usec / 1000, jobQueued: false },
];
const stopping = (at: CalmServer, end: Step = { mainCode: 2, mainStatus: 15 }): Step[] => [
  { jobQueued: true },
  { activeState: 'deactivating', subState: 'stop-sigterm', activeExitedUsec: at.usec + 2000 },
  {
    ...end,
    activeState: 'inactive',
    subState: 'dead',
    mainPid: 0,
    mainExitedUsec: at.usec + 5000,
    jobQueued: false,
  },
];
/** A restart is a stop with a start behind it: between them the start waits. */
const restarting = (at: CalmServer): Step[] => [
  ...stopping(at).map((step) => ({ ...step, jobQueued: true })),
  ...starting(at),
];

const boot = (at: CalmServer): void => {
  for (const unit of ['cups.socket', 'backup.timer'])
    at.tell(
      unit,
      { jobQueued: true },
      { activeState: 'active', subState: 'waiting', invocationId: at.newRun(), jobQueued: false },
    );
  for (const unit of [...DAEMONS, 'java.service', 'firewall.service']) at.tell(unit, { jobQueued: true });
  at.tell('firewall.service', ...oneShot(at, true));
  for (const unit of [...DAEMONS, 'java.service']) {
    at.wait(2);
    at.tell(unit, ...starting(at));
  }
};

const oneShot = (at: CalmServer, stays = false): Step[] => [
  {
    activeState: 'activating',
    subState: 'start',
    invocationId: at.newRun(),
    mainStartedUsec: at.usec,
    jobQueued: true,
  },
  {
    ...{ mainCode: 1, mainStatus: 0, mainExitedUsec: at.usec + 2000, jobQueued: false },
    ...(stays
      ? { activeState: 'active', subState: 'exited' }
      : { activeState: 'inactive', subState: 'dead' }),
  },
];

type Habit = (at: CalmServer) => void;
const HABITS: readonly Habit[] = [
  (at) =>
    at.tell(
      'nginx.service',
      { activeState: 'reloading', subState: 'reload' },
      { activeState: 'active', subState: 'running' },
    ),
  (at) => at.tell('plex.service', ...restarting(at)),
  // A package stops its service before it is unpacked, and starts it afterwards.
  (at) => {
    at.tell('sonarr.service', ...stopping(at));
    at.wait(20);
    at.tell('sonarr.service', ...starting(at));
  },
  (at) => {
    at.tell(
      'java.service',
      ...stopping(at, { ...{ activeState: 'failed', result: 'exit-code' }, mainCode: 1, mainStatus: 143 }),
    );
    at.wait(5);
    at.tell('java.service', ...starting(at));
  },
  // Something prints, and the spooler ends when nothing has come for a while.
  (at) => {
    at.tell('cups.service', ...starting(at));
    at.wait(60);
    at.tell('cups.service', {
      ...{ activeState: 'inactive', subState: 'dead', mainCode: 1, mainStatus: 0, mainPid: 0 },
      ...{ mainExitedUsec: at.usec, activeExitedUsec: at.usec + 10 },
    });
  },
  (at) => at.tell('backup.service', ...oneShot(at)),
];

const asBefore = (unit: UnitState): Step => ({
  ...loaded(unit.id),
  ...UNITS.find(({ id }) => id === unit.id),
});

function reboot(at: CalmServer): void {
  for (const unit of [...DAEMONS, 'java.service']) at.tell(unit, ...stopping(at));
  at.wait(40);
  // The agent is a new one, too, and finds everything waiting for its turn.
  for (const unit of UNITS)
    at.tell(unit.id, { ...asBefore(unit), jobQueued: unit.unitFileState === 'enabled' });
  boot(at);
}

test('a calm week calls nobody: timers, upgrades, reloads, sockets, and a server that is started anew', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.integer({ min: 0, max: HABITS.length - 1 }), { maxLength: 8 }), {
        minLength: 7,
        maxLength: 7,
      }),
      fc.integer({ min: 0, max: 6 }),
      (days, dayOfReboot) => {
        const at = new CalmServer(
          UNITS.map((unit) => ({ ...unit, jobQueued: unit.unitFileState === 'enabled' })),
        );
        boot(at);
        for (const [day, habits] of days.entries()) {
          for (const habit of habits) {
            HABITS[habit]?.(at);
            at.wait(DAY_S / (habits.length + 1));
          }
          if (day === dayOfReboot) reboot(at);
        }
        expect(at.alarms).toEqual([]);
      },
    ),
    { numRuns: 200 },
  );
});

test('the same week with one death in it calls somebody for that, and for nothing else', () => {
  const at = new CalmServer(UNITS.map((unit) => ({ ...unit, jobQueued: unit.unitFileState === 'enabled' })));
  boot(at);
  for (const habit of HABITS) habit(at);
  at.tell('plex.service', {
    activeState: 'failed',
    subState: 'failed',
    result: 'signal',
    mainCode: 2,
    mainStatus: 9,
    mainPid: 0,
  });
  expect(new Set(at.alarms)).toEqual(new Set(['plex.service failed']));
});
