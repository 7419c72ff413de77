import { z } from 'zod';
import { RecentMetrics, ServerMetrics } from '../metrics/sample.ts';
import { route } from './route.ts';

export const metricRoutes = {
  latestMetrics: route({
    method: 'GET',
    path: '/metrics/latest',
    summary: 'The newest reading of every server that is online',
    tag: 'metrics',
    status: 200,
    response: z.object({ metrics: z.array(ServerMetrics) }),
    problems: [],
  }),
  recentMetrics: route({
    method: 'GET',
    path: '/metrics/recent',
    summary: 'The last hour of every server, a point a minute',
    tag: 'metrics',
    status: 200,
    response: RecentMetrics,
    problems: [],
  }),
} as const;
