import { z } from 'zod';
import { Action } from '../actions/action.ts';
import { ActionKind } from '../actions/kinds/registry.ts';
import { ActionStatus } from '../actions/status.ts';
import { ActionParams } from './action-params.ts';
import { GivenSeal } from './sealed.ts';
import { listOf, NoBody, Paging } from './paging.ts';
import { route } from './route.ts';
import { ServerParams } from './servers.ts';
import { ServiceParams } from './services.ts';

const Reason = z.string().trim().min(1, 'Say why').max(500);
const Filters = Paging.extend({
  /** One status, or several with commas between them. */
  status: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(ActionStatus))
    .optional(),
  service_name: z.string().max(255).optional(),
  /** Text that the server, the service, who asked or who decided holds, in any case. */
  q: z.string().trim().max(100).optional(),
});
const FleetFilters = Filters.extend({ server_id: z.string().max(255).optional() });
const Actions = listOf('actions', Action).extend({
  /** How many there are in each status under the same filters but `status`; a status without any is absent. */
  counts: z.partialRecord(ActionStatus, z.int().positive()),
});

export const actionRoutes = {
  listActions: route({
    method: 'GET',
    path: '/actions',
    summary: 'List actions, newest first',
    tag: 'actions',
    query: FleetFilters,
    status: 200,
    response: Actions,
    problems: [],
  }),
  exportActions: route({
    method: 'GET',
    path: '/actions/export',
    summary: 'Every action under these filters as a file, newest first',
    tag: 'actions',
    query: FleetFilters.omit({ limit: true, offset: true }).extend({ format: z.enum(['csv', 'json']) }),
    status: 200,
    response: z.unknown(),
    file: ['text/csv', 'application/json'],
    problems: [],
  }),
  listServerActions: route({
    method: 'GET',
    path: '/servers/:server_id/actions',
    summary: 'List the actions of one server, newest first',
    tag: 'actions',
    params: ServerParams,
    query: Filters,
    status: 200,
    response: Actions,
    problems: ['not_found'],
  }),
  requestAction: route({
    method: 'POST',
    path: '/servers/:server_id/services/:service_name/actions',
    summary: 'Ask for an action of any kind; it waits for approval',
    tag: 'actions',
    params: ServiceParams,
    body: z.strictObject({ action_type: ActionKind }),
    once: true,
    status: 201,
    response: Action,
    problems: ['not_found', 'action_open', 'too_many'],
  }),
  getAction: route({
    method: 'GET',
    path: '/actions/:action_id',
    summary: 'One action with its time line and evidence',
    tag: 'actions',
    params: ActionParams,
    status: 200,
    response: Action,
    problems: ['not_found'],
  }),
  approveAction: route({
    method: 'POST',
    path: '/actions/:action_id/approve',
    summary: 'Approve exactly what was shown',
    tag: 'actions',
    params: ActionParams,
    body: z.strictObject({ digest: z.string().max(128).optional(), seal: GivenSeal.optional() }).nullish(),
    status: 200,
    response: Action,
    problems: [
      ...(['not_found', 'forbidden', 'proof_required', 'action_moved_on', 'digest_mismatch'] as const),
      ...(['seal_required', 'bad_seal'] as const),
    ],
  }),
  rejectAction: route({
    method: 'POST',
    path: '/actions/:action_id/reject',
    summary: 'Reject a pending action, with the reason',
    tag: 'actions',
    params: ActionParams,
    body: z.strictObject({ reason: Reason }),
    status: 200,
    response: Action,
    problems: ['not_found', 'action_moved_on'],
  }),
  cancelAction: route({
    method: 'POST',
    path: '/actions/:action_id/cancel',
    summary:
      'Cancel an action; one that has been sent is cancelled only if its agent proves that it never began',
    tag: 'actions',
    params: ActionParams,
    body: NoBody,
    status: 200,
    response: Action,
    problems: ['not_found', 'forbidden', 'action_moved_on'],
  }),
  resolveAction: route({
    method: 'POST',
    path: '/actions/:action_id/resolve',
    summary: 'Close an action whose outcome stays unknown, with a note',
    tag: 'actions',
    params: ActionParams,
    body: z.strictObject({ note: Reason }),
    status: 200,
    response: Action,
    problems: ['not_found', 'action_moved_on'],
  }),
} as const;
