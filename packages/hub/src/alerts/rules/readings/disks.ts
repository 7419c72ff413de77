import { minutes, type Rule, SETTINGS } from '../rule.ts';
import { share } from './share.ts';

export const diskHigh: Rule<'disk_high'> = {
  kind: 'disk_high',
  summary: 'A disk of a server is nearly full.',
  unit: 'percent',
  defaults: { ...SETTINGS, limit: 90, clears_at: 87, for_ms: minutes(5) },
  read: ({ disks }) =>
    disks.flatMap(({ mount, used_bytes, total_bytes }) => share(mount, used_bytes, total_bytes)),
  words: (server, disk, value) => `The disk ${disk ?? ''} of ${server} is ${Math.round(value)} % full`,
};

/** What it reads is no sample, but the line through the history (`../../forecast.ts`). */
export const diskFilling: Rule<'disk_filling'> = {
  kind: 'disk_filling',
  summary: 'A disk of a server will be full soon, if it goes on as in the last week.',
  unit: 'days',
  isWorseBelow: true,
  defaults: { ...SETTINGS, limit: 7, clears_at: 10 },
  words: (server, disk, value) =>
    `The disk ${disk ?? ''} of ${server} will be full in ${value < 1.5 ? 'a day' : `${Math.round(value)} days`}`,
};
