import { z } from 'zod';
import { route } from '../api/route.ts';
import { ServerParams } from '../api/servers.ts';
import { DayMark } from '../day.ts';
import { ServiceName, Timestamp } from '../text.ts';
import { TimelineEntry } from './entries.ts';

const Span = z.object({
  /** An hour before `to`, if nothing is said. */
  from: Timestamp.optional(),
  /** Now, if nothing is said. */
  to: Timestamp.optional(),
});

export const timelineRoutes = {
  serverMarks: route({
    method: 'GET',
    path: '/servers/:server_id/marks',
    summary: 'What happened on a server between two times, as marks for its charts',
    tag: 'metrics',
    params: ServerParams,
    query: Span,
    status: 200,
    response: z.object({
      from: Timestamp,
      to: Timestamp,
      /** Oldest first; what lasted into this time is there too. */
      marks: z.array(DayMark),
      /** There were more: these are the newest. */
      is_cut: z.boolean(),
    }),
    problems: ['not_found'],
  }),
  serverTimeline: route({
    method: 'GET',
    path: '/servers/:server_id/timeline',
    summary:
      'All that is known of a server, or of one of its services, between two times at most 7 days apart',
    tag: 'servers',
    params: ServerParams,
    query: Span.extend({
      /** Of this service, and of the server itself. */
      service_name: ServiceName.optional(),
    }),
    status: 200,
    response: z.object({
      from: Timestamp,
      to: Timestamp,
      /** Oldest first. */
      entries: z.array(TimelineEntry),
      /** There was more: the newest entries of some kinds are left out. */
      is_cut: z.boolean(),
    }),
    problems: ['not_found'],
  }),
} as const;
