import { z } from 'zod';
import { ServiceStatus, StateClass } from '../service.ts';
import { Timestamp } from '../text.ts';
import { Why } from '../why.ts';
import { route } from '../api/route.ts';
import { ServiceParams } from '../api/services.ts';

/** A time at which a service was found to be otherwise than before; another run is one too. */
const ServiceChange = z.object({
  event_id: z.int(),
  at: Timestamp,
  status: ServiceStatus,
  state_class: StateClass.nullable(),
  /** What its probe said; `null` where none asks. */
  answers: z.boolean().nullable(),
  /** The action that was open at that moment. */
  action_id: z.int().nullable(),
  /** Why it does not run, as a sentence. */
  reason: z.string().nullable(),
  /** The evidence, without lines of the journal. */
  why: Why.nullable(),
});

/** Milliseconds, in UTC. `down`: observed, and not running. `unknown`: its server was silent. */
const times = {
  running_ms: z.int().nonnegative(),
  down_ms: z.int().nonnegative(),
  unknown_ms: z.int().nonnegative(),
  /** `running_ms` as a share of the time observed, 0 to 1; `null` where nothing was. */
  availability: z.number().min(0).max(1).nullable(),
};
const Day = z.iso.date('Use a day like 2026-01-31');

export const serviceHistoryRoutes = {
  serviceHistory: route({
    method: 'GET',
    path: '/servers/:server_id/services/:service_name/history',
    summary: 'The changes of a service with their reasons, newest first, as far back as there are events',
    tag: 'services',
    params: ServiceParams,
    query: z.object({
      limit: z.coerce.number().int().min(1).max(500).default(100),
      /** Changes before this one: `next_cursor` of the answer before. */
      cursor: z.coerce.number().int().positive().optional(),
    }),
    status: 200,
    response: z.object({
      changes: z.array(ServiceChange),
      /** Give it as `cursor` for the changes that follow; `null` when these are the last. */
      next_cursor: z.int().nullable(),
    }),
    problems: ['not_found'],
  }),
  serviceAvailability: route({
    method: 'GET',
    path: '/servers/:server_id/services/:service_name/availability',
    summary: 'For how long of each day and month an expected service ran, was down, or was not known',
    tag: 'services',
    params: ServiceParams,
    query: z.object({
      /** The first day; 30 days up to `to`, if nothing is said. */
      from: Day.optional(),
      /** The last day; today, if nothing is said. */
      to: Day.optional(),
    }),
    status: 200,
    response: z.object({
      from: Day,
      to: Day,
      /** Up to this moment it is counted. */
      at: Timestamp,
      /** Days of which something is known, oldest first. */
      days: z.array(z.object({ day: Day, ...times })),
      /** The same, added up. */
      months: z.array(z.object({ month: z.string(), ...times })),
    }),
    problems: ['not_found'],
  }),
} as const;
