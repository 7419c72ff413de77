import { z } from 'zod';
import { Action } from '../actions/action.ts';
import { Service } from '../service.ts';
import { ServiceName } from '../text.ts';
import { listOf, NoBody, Nothing, Paging } from './paging.ts';
import { route } from './route.ts';
import { ServerParams } from './servers.ts';

const ServiceParams = ServerParams.extend({ service_name: ServiceName });
const DisplayName = z.string().trim().min(1).max(100);

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
    body: z.strictObject({
      service_name: ServiceName,
      display_name: DisplayName.nullish(),
      critical: z.boolean().default(false),
      enabled: z.boolean().default(true),
    }),
    status: 201,
    response: Service,
    problems: ['not_found', 'already_exists'],
  }),
  discoveredServices: route({
    method: 'GET',
    path: '/servers/:server_id/services/discovered',
    summary: 'Services that the agent sees and nobody expects yet',
    tag: 'services',
    params: ServerParams,
    query: Paging.extend({ limit: z.coerce.number().int().min(1).max(2000).default(2000) }),
    status: 200,
    response: listOf('services', Service),
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
    status: 201,
    response: Action,
    problems: ['not_found', 'action_open', 'too_many'],
  }),
} as const;
