import { HOUR_MS, minutes, type Rule, SETTINGS } from '../rule.ts';

export const cpuHigh: Rule<'cpu_high'> = {
  kind: 'cpu_high',
  summary: 'The processors of a server are busy, and stay so.',
  unit: 'percent',
  defaults: { ...SETTINGS, limit: 95, clears_at: 85, for_ms: minutes(15), repeat_ms: 24 * HOUR_MS },
  read: ({ cpu_percent }) => (cpu_percent === null ? [] : [{ subject: null, value: cpu_percent }]),
  words: (server, _, value) => `The processors of ${server} are ${Math.round(value)} % busy`,
};

export const loadHigh: Rule<'load_high'> = {
  kind: 'load_high',
  summary: 'More waits for the processors of a server than they can do, by the mean of five minutes.',
  unit: 'per_core',
  defaults: { ...SETTINGS, limit: 3, clears_at: 2, for_ms: minutes(15) },
  read: ({ load_5m }, { cpuCount }) =>
    load_5m === null || cpuCount === null ? [] : [{ subject: null, value: load_5m / cpuCount }],
  words: (server, _, value) => `The load of ${server} is ${value.toFixed(1)} for each processor`,
};
