import { HOUR_MS, type Rule, SETTINGS } from './rule.ts';

/** Of its condition see `core/fleet.ts`: it is about many servers at once. */
export const fleetChange: Rule<'fleet_change'> = {
  kind: 'fleet_change',
  summary: 'Many servers went at once, or did not all come back with the hub.',
  unit: null,
  defaults: { ...SETTINGS, severity: 'critical', repeat_ms: 4 * HOUR_MS },
};
