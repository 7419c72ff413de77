import { whole } from './whole.ts';

const days = (most: number, byDefault: string, means: string) => ({
  type: whole(1, most),
  values: `days, 1 to ${most}`,
  byDefault,
  means,
});

/** For how long readings are kept, in steps of which length. Each tier is made out of the one before it. */
export const METRIC_SETTINGS = {
  HOMELABCMD_METRICS_10S_HOURS: {
    type: whole(1, 24),
    values: 'hours, 1 to 24',
    byDefault: '2',
    means: 'Readings are kept in steps of 10 s for this long.',
  },
  HOMELABCMD_METRICS_1MIN_DAYS: days(31, '2', 'Readings are kept in steps of a minute for this long.'),
  HOMELABCMD_METRICS_10MIN_DAYS: days(
    366,
    '30',
    'Readings are kept in steps of 10 min for this long. More than `HOMELABCMD_METRICS_1MIN_DAYS`.',
  ),
  HOMELABCMD_METRICS_1H_DAYS: days(
    3650,
    '730',
    'Readings are kept in steps of an hour for this long. More than `HOMELABCMD_METRICS_10MIN_DAYS`.',
  ),
} as const;
