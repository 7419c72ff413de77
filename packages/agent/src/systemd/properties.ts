import type { UnitState } from './port.ts';

/**
 * systemd's properties in our words. D-Bus values come as plain JavaScript values with 64-bit numbers as `number`;
 * systemd's "not set" is the largest 64-bit number, and a time that never was is 0.
 */
export type Properties = Readonly<Record<string, unknown>>;

const NOT_SET = 2 ** 63;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const count = (value: unknown): number => (typeof value === 'number' && value < NOT_SET ? value : 0);
const names = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((name): name is string => typeof name === 'string') : [];
const bytesOrNull = (value: unknown): number | null =>
  typeof value === 'number' && value > 0 && value < NOT_SET ? value : null;
const millis = (usec: unknown): number => Math.round(count(usec) / 1000);
const time = (usec: unknown): number | null => (count(usec) > 0 ? Math.floor(count(usec) / 1000) : null);
/** A job is its number and its path; number 0 is none. */
const queued = (value: unknown): boolean => Array.isArray(value) && count(value[0]) > 0;
const hex = (value: unknown): string => (Buffer.isBuffer(value) ? value.toString('hex') : '');

type Reader<K extends keyof UnitState> = readonly [property: string, read: (value: unknown) => UnitState[K]];

const UNIT: { [K in keyof UnitState]?: Reader<K> } = {
  id: ['Id', text],
  names: ['Names', names],
  description: ['Description', text],
  loadState: ['LoadState', text],
  activeState: ['ActiveState', text],
  subState: ['SubState', text],
  jobQueued: ['Job', queued],
  stateChangedAtMs: ['StateChangeTimestamp', time],
  activeEnteredAtMs: ['ActiveEnterTimestamp', time],
  inactiveEnteredAtMs: ['InactiveEnterTimestamp', time],
  invocationId: ['InvocationID', hex],
  startLimitIntervalMs: ['StartLimitIntervalUSec', millis],
  startLimitBurst: ['StartLimitBurst', count],
  requiredBy: ['RequiredBy', names],
  boundBy: ['BoundBy', names],
  consistsOf: ['ConsistsOf', names],
  unitFile: ['FragmentPath', text],
  unitFileState: ['UnitFileState', text],
  requires: ['Requires', names],
  requisite: ['Requisite', names],
  bindsTo: ['BindsTo', names],
  triggeredBy: ['TriggeredBy', names],
  conditionsMet: ['ConditionResult', (value) => value !== false],
  conditionsAskedUsec: ['ConditionTimestampMonotonic', count],
  freezerState: ['FreezerState', text],
  loadProblem: ['LoadError', (value) => (Array.isArray(value) ? text(value[1]) : '')],
  activeExitedUsec: ['ActiveExitTimestampMonotonic', count],
};

const SERVICE: { [K in keyof UnitState]?: Reader<K> } = {
  result: ['Result', text],
  type: ['Type', text],
  restart: ['Restart', text],
  mainPid: ['MainPID', count],
  nRestarts: ['NRestarts', count],
  mainStartedAtMs: ['ExecMainStartTimestamp', time],
  mainExitedAtMs: ['ExecMainExitTimestamp', time],
  mainLastPid: ['ExecMainPID', count],
  mainCode: ['ExecMainCode', count],
  mainStatus: ['ExecMainStatus', count],
  controlGroup: ['ControlGroup', text],
  memoryPeakBytes: ['MemoryPeak', bytesOrNull],
  remainAfterExit: ['RemainAfterExit', (value) => value === true],
  mainStartedUsec: ['ExecMainStartTimestampMonotonic', count],
  mainExitedUsec: ['ExecMainExitTimestampMonotonic', count],
};

/** A moment of the kernel's monotonic clock by the machine's, to the second: what comes again is the same. */
function momentOf(usec: unknown): number | null {
  if (count(usec) === 0) return null;
  const nowUsec = Number(process.hrtime.bigint() / 1000n);
  return Math.round((Date.now() + (count(usec) - nowUsec) / 1000) / 1000) * 1000;
}

const TIMER: { [K in keyof UnitState]?: Reader<K> } = {
  result: ['Result', text],
  timerStarts: ['Unit', text],
  timerNextAtMs: ['NextElapseUSecRealtime', time],
  timerNextMonotonicAtMs: ['NextElapseUSecMonotonic', momentOf],
  timerLastAtMs: ['LastTriggerUSec', time],
};
const SOCKET: { [K in keyof UnitState]?: Reader<K> } = {
  result: ['Result', text],
  controlGroup: ['ControlGroup', text],
};

function pick(table: { [K in keyof UnitState]?: Reader<K> }, properties: Properties): Partial<UnitState> {
  const found: Record<string, unknown> = {};
  for (const [key, reader] of Object.entries(table)) {
    const [property, read] = reader;
    if (property in properties) found[key] = read(properties[property]);
  }
  return found;
}

/** The part of a unit's state that a set of `org.freedesktop.systemd1.Unit` properties tells. */
export const fromUnitProperties = (properties: Properties): Partial<UnitState> => pick(UNIT, properties);

const OF_KIND = { Service: SERVICE, Timer: TIMER, Socket: SOCKET };
/** The kinds of units that are followed, each with an interface of its own beside that of all units. */
export type UnitKind = keyof typeof OF_KIND;

export function kindOfUnit(unit: string): UnitKind {
  if (unit.endsWith('.timer')) return 'Timer';
  return unit.endsWith('.socket') ? 'Socket' : 'Service';
}

/** The part of a unit's state that a set of properties of its own kind tells. */
export const fromKindProperties = (kind: UnitKind, properties: Properties): Partial<UnitState> =>
  pick(OF_KIND[kind], properties);
