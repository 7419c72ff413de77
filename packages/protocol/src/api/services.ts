import { z } from 'zod';
import { Action } from '../actions/action.ts';
import { Probe } from '../probe.ts';
import { Service } from '../service.ts';
import { whyNotExpected } from '../service-target.ts';
import { ServiceName } from '../text.ts';
import { listOf, NoBody, Nothing, Paging } from './paging.ts';
import { route } from './route.ts';
import { ServerParams } from './servers.ts';

export const ServiceParams = ServerParams.extend({ service_name: ServiceName });
const DisplayName = z.string().trim().min(1).max(100);
const ExpectedName = ServiceName.superRefine((name, context) => {
  const problem = whyNotExpected(name);
  if (problem !== null) context.addIssue({ code: 'custom', message: problem });
});
/** So long may it be down before it counts as needing somebody; 0: at once. */
const GraceSeconds = z.int().min(0).max(3600);
const Wish = z.strictObject({
  service_name: ExpectedName,
  display_name: DisplayName.nullish(),
  critical: z.boolean().default(false),
  enabled: z.boolean().default(true),
  probe: Probe.nullish(),
  grace_seconds: GraceSeconds.optional(),
});

/**
 * A service that nobody expects yet, and how likely someone wants to. `made_here`: its unit or its program was put
 * there by a person; `installed`: a package's, started at boot or running; `background`: the system's own, one-shot, or
 * started only when something else asks.
 */
export const DiscoveredService = Service.extend({
  rank: z.enum(['made_here', 'installed', 'background']),
  /** A few words that say why: `set up on this server`, `starts at boot`, … */
  rank_reason: z.string(),
});
export type DiscoveredService = z.infer<typeof DiscoveredService>;

export const serviceRoutes = {
  listServices: route({
    method: 'GET',
    path: '/servers/:server_id/services',
    summary: 'The services of a server: what is expected and what was observed, in one list',
    tag: 'services',
    params: ServerParams,
    query: Paging.extend({ limit: z.coerce.number().int().min(1).max(2000).default(2000) }),
    status: 200,
    response: listOf('services', Service),
    problems: ['not_found'],
  }),
  listExpected: route({
    method: 'GET',
    path: '/services',
    summary: 'Every expected service of the whole fleet, by server',
    tag: 'services',
    query: Paging.extend({ limit: z.coerce.number().int().min(1).max(20_000).default(20_000) }),
    status: 200,
    response: listOf('services', Service),
    problems: [],
  }),
  expectService: route({
    method: 'POST',
    path: '/servers/:server_id/services',
    summary: 'Expect a service to run on a server',
    tag: 'services',
    params: ServerParams,
    body: Wish,
    status: 201,
    response: Service,
    problems: ['not_found', 'already_exists'],
  }),
  expectServices: route({
    method: 'POST',
    path: '/servers/:server_id/services/bulk',
    summary: 'Expect several services at once; those that are expected already stay as they are',
    tag: 'services',
    params: ServerParams,
    body: z.strictObject({ services: z.array(Wish).min(1).max(500) }),
    status: 200,
    response: z.object({
      /** Those that are expected now and were not. */
      services: z.array(Service),
      already_expected: z.array(z.string()),
    }),
    problems: ['not_found'],
  }),
  discoveredServices: route({
    method: 'GET',
    path: '/servers/:server_id/services/discovered',
    summary: 'Services that the agent sees and nobody expects yet, the likeliest first',
    tag: 'services',
    params: ServerParams,
    query: Paging.extend({
      limit: z.coerce.number().int().min(1).max(2000).default(2000),
      /** Also those of rank `background`. */
      all: z.stringbool().default(false),
    }),
    status: 200,
    response: listOf('services', DiscoveredService).extend({
      /** So many of rank `background` were left out. */
      hidden: z.int().nonnegative(),
    }),
    problems: ['not_found'],
  }),
  changeService: route({
    method: 'PATCH',
    path: '/servers/:server_id/services/:service_name',
    summary: 'Change how a service is expected',
    tag: 'services',
    params: ServiceParams,
    body: z.strictObject({
      display_name: DisplayName.nullable().optional(),
      critical: z.boolean().optional(),
      enabled: z.boolean().optional(),
      /** `null` takes the probe away. */
      probe: Probe.nullable().optional(),
      grace_seconds: GraceSeconds.optional(),
    }),
    status: 200,
    response: Service,
    problems: ['not_found'],
  }),
  forgetService: route({
    method: 'DELETE',
    path: '/servers/:server_id/services/:service_name',
    summary: 'Stop expecting a service',
    tag: 'services',
    params: ServiceParams,
    status: 204,
    response: Nothing,
    problems: ['not_found'],
  }),
  restartService: route({
    method: 'POST',
    path: '/servers/:server_id/services/:service_name/restart',
    summary: 'Ask for a restart; it waits for approval',
    tag: 'services',
    params: ServiceParams,
    body: NoBody,
    once: true,
    status: 201,
    response: Action,
    problems: ['not_found', 'action_open', 'too_many'],
  }),
} as const;
