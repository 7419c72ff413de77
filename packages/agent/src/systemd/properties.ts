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

/** The part of a unit's state that a set of `org.freedesktop.systemd1.Service` properties tells. */
export const fromServiceProperties = (properties: Properties): Partial<UnitState> =>
  pick(SERVICE, properties);
