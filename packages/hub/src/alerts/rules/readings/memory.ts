import { minutes, type Rule, SETTINGS } from '../rule.ts';
import { share } from './share.ts';

export const memoryHigh: Rule<'memory_high'> = {
  kind: 'memory_high',
  summary: 'The memory of a server is nearly used up, and stays so.',
  unit: 'percent',
  defaults: { ...SETTINGS, limit: 95, clears_at: 90, for_ms: minutes(10) },
  read: ({ memory_used_bytes, memory_total_bytes }) => share(null, memory_used_bytes, memory_total_bytes),
  words: (server, _, value) => `${Math.round(value)} % of the memory of ${server} is in use`,
};

export const swapHigh: Rule<'swap_high'> = {
  kind: 'swap_high',
  summary: 'The swap space of a server is nearly used up, and stays so.',
  unit: 'percent',
  defaults: { ...SETTINGS, limit: 90, clears_at: 75, for_ms: minutes(15) },
  // Of swap space that was taken away nothing is in use: an alert of it is over.
  read: ({ swap_used_bytes: used, swap_total_bytes: total }) =>
    total === 0 ? [{ subject: null, value: 0 }] : share(null, used, total),
  words: (server, _, value) => `${Math.round(value)} % of the swap space of ${server} is in use`,
};
