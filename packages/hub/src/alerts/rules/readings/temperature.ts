import { minutes, type Rule, SETTINGS } from '../rule.ts';

export const temperatureHigh: Rule<'temperature_high'> = {
  kind: 'temperature_high',
  summary: 'A sensor of a server reads too hot, and stays so.',
  unit: 'celsius',
  defaults: { ...SETTINGS, limit: 85, clears_at: 78, for_ms: minutes(5) },
  read: ({ temperatures }) =>
    temperatures.map(({ sensor, celsius }) => ({ subject: sensor, value: celsius })),
  words: (server, sensor, value) => `${sensor ?? 'A sensor'} of ${server} reads ${Math.round(value)} °C`,
};
