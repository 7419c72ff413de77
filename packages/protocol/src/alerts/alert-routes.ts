import { z } from 'zod';
import { listOf, NoBody, Nothing, Paging } from '../api/paging.ts';
import { route } from '../api/route.ts';
import { ServerId, Timestamp } from '../text.ts';
import { Alert, AlertKind, AlertSeverity, AlertState, AlertStoryEntry, Silence } from './alert.ts';

const AlertParams = z.object({ alert_id: z.coerce.number().int().positive() });
const SilenceParams = z.object({ silence_id: z.coerce.number().int().positive() });

/** One value, or several with commas between them. */
const severalOf = <T extends z.ZodType<unknown, string>>(item: T) =>
  z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(item))
    .optional();

export const alertRoutes = {
  listAlerts: route({
    method: 'GET',
    path: '/alerts',
    summary: 'List alerts, newest first',
    tag: 'alerts',
    query: Paging.extend({
      state: severalOf(AlertState),
      severity: severalOf(AlertSeverity),
      kind: severalOf(AlertKind),
      server_id: ServerId.optional(),
      subject: z.string().max(255).optional(),
      /** Alerts that this one is the cause of. */
      cause: z.coerce.number().int().positive().optional(),
      /** Resolved no longer ago than this moment, or open. */
      since: Timestamp.optional(),
      q: z.string().trim().max(100).optional(),
    }),
    status: 200,
    response: listOf('alerts', Alert),
    problems: [],
  }),
  getAlert: route({
    method: 'GET',
    path: '/alerts/:alert_id',
    summary: 'One alert with its story, and the alerts that it is the cause of',
    tag: 'alerts',
    params: AlertParams,
    status: 200,
    response: z.object({ alert: Alert, story: z.array(AlertStoryEntry), members: z.array(Alert) }),
    problems: ['not_found'],
  }),
  acknowledgeAlert: route({
    method: 'POST',
    path: '/alerts/:alert_id/acknowledge',
    summary: 'Say that somebody looks after it; nobody is reminded of it any more',
    tag: 'alerts',
    params: AlertParams,
    body: z.strictObject({ note: z.string().trim().max(500).nullish() }).nullish(),
    status: 200,
    response: Alert,
    problems: ['not_found', 'alert_moved_on'],
  }),
  unacknowledgeAlert: route({
    method: 'POST',
    path: '/alerts/:alert_id/unacknowledge',
    summary: 'Take an acknowledgement back',
    tag: 'alerts',
    params: AlertParams,
    body: NoBody,
    status: 200,
    response: Alert,
    problems: ['not_found', 'alert_moved_on'],
  }),
  listSilences: route({
    method: 'GET',
    path: '/silences',
    summary: 'List the silences that have not ended, the one that ends first at the top',
    tag: 'alerts',
    query: Paging,
    status: 200,
    response: listOf('silences', Silence),
    problems: [],
  }),
  createSilence: route({
    method: 'POST',
    path: '/silences',
    summary: 'Tell nobody of some alerts until a moment; they are shown all the same',
    tag: 'alerts',
    body: z.strictObject({
      server_id: ServerId.nullable().default(null),
      tag: z.string().trim().min(1).max(100).nullable().default(null),
      kind: AlertKind.nullable().default(null),
      subject: z.string().min(1).max(255).nullable().default(null),
      until: Timestamp,
      reason: z.string().trim().min(1, 'Say why').max(500),
    }),
    status: 201,
    response: Silence,
    problems: ['not_found', 'invalid'],
  }),
  endSilence: route({
    method: 'DELETE',
    path: '/silences/:silence_id',
    summary: 'End a silence now',
    tag: 'alerts',
    params: SilenceParams,
    status: 204,
    response: Nothing,
    problems: ['not_found'],
  }),
} as const;
