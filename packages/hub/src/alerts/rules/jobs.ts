import type { Rule } from './rule.ts';
import { HOUR_MS, SETTINGS } from './rule.ts';

/** Of their conditions see `core/jobs.ts`: they come of what did not happen. */
export const backupOverdue: Rule<'backup_overdue'> = {
  kind: 'backup_overdue',
  summary: 'A backup did not say in time that it is well, or said that it is not.',
  unit: null,
  defaults: { ...SETTINGS, severity: 'critical', repeat_ms: 24 * HOUR_MS },
};

export const jobOverdue: Rule<'job_overdue'> = {
  kind: 'job_overdue',
  summary: 'A job did not say in time that it is well, or said that it is not.',
  unit: null,
  defaults: SETTINGS,
};
