import { z } from 'zod';
import { route } from '../api/route.ts';
import { ServerParams } from '../api/servers.ts';
import { Timestamp } from '../text.ts';
import { MAX_METRIC_POINTS, MetricHistory, MetricName } from './history.ts';

const Readings = z.object({
  /** An hour before `to`, if nothing is said. */
  from: Timestamp.optional(),
  /** Now, if nothing is said. */
  to: Timestamp.optional(),
  /** One metric, or several with commas between them; all, if nothing is said. */
  metric: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(MetricName))
    .optional(),
});

export const serverHistoryRoutes = {
  serverMetrics: route({
    method: 'GET',
    path: '/servers/:server_id/metrics',
    summary: 'The readings of a server between two times, in steps that suit the range',
    tag: 'metrics',
    params: ServerParams,
    query: Readings.extend({
      /** At most so many steps. */
      points: z.coerce.number().int().min(2).max(MAX_METRIC_POINTS).default(MAX_METRIC_POINTS),
    }),
    status: 200,
    response: MetricHistory,
    problems: ['not_found'],
  }),
  exportMetrics: route({
    method: 'GET',
    path: '/servers/:server_id/metrics/export',
    summary:
      'The readings of a server between two times as a file, in the finest steps that reach so far back',
    tag: 'metrics',
    params: ServerParams,
    query: Readings.extend({ format: z.enum(['csv', 'json']) }),
    status: 200,
    response: z.unknown(),
    file: ['text/csv', 'application/json'],
    problems: ['not_found'],
  }),
} as const;
