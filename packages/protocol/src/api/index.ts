import { policyRoutes } from '../guards/policy-routes.ts';
import { guardRoutes } from '../guards/routes.ts';
import { actionRoutes } from './actions.ts';
import { alertRoutes } from '../alerts/alert-routes.ts';
import { alertRuleRoutes } from '../alerts/alert-rule-routes.ts';
import { notificationRoutes } from '../notifications/routes.ts';
import { auditRoutes } from './audit.ts';
import { dayRoutes } from '../metrics/day-routes.ts';
import { enrolmentRoutes } from './enrolment.ts';
import { hubRoutes } from './hub.ts';
import { keyRoutes } from '../access/key-routes.ts';
import { metricRoutes } from './metrics.ts';
import { sealedRoutes } from './sealed.ts';
import { serverRoutes } from './servers.ts';
import { serverHistoryRoutes } from '../metrics/history-routes.ts';
import { serviceHistoryRoutes } from '../services/history-routes.ts';
import { serviceRoutes } from './services.ts';
import { timelineRoutes } from '../timeline/routes.ts';
import { passkeyRoutes } from '../access/passkey-routes.ts';
import { accountRoutes } from '../access/account-routes.ts';
import { sessionRoutes } from '../access/session-routes.ts';
import { userRoutes } from '../access/user-routes.ts';

/** Every route below `API_BASE` but the live stream, by name. */
export const api = {
  ...sessionRoutes,
  ...accountRoutes,
  ...passkeyRoutes,
  ...userRoutes,
  ...serverRoutes,
  ...serviceRoutes,
  ...serviceHistoryRoutes,
  ...actionRoutes,
  ...sealedRoutes,
  ...enrolmentRoutes,
  ...keyRoutes,
  ...metricRoutes,
  ...serverHistoryRoutes,
  ...timelineRoutes,
  ...auditRoutes,
  ...guardRoutes,
  ...policyRoutes,
  ...hubRoutes,
  ...dayRoutes,
  ...alertRoutes,
  ...alertRuleRoutes,
  ...notificationRoutes,
} as const;

/** The live stream, below `API_BASE`: Server-Sent Events, see `LiveEvent`. */
export const EVENTS_PATH = '/events';
/** What Prometheus asks for, below the hub's base path and not below `API_BASE`: its text format, and no JSON. */
export const SCRAPE_PATH = '/metrics';
/** Carried by the answers to GET: the newest event that the answer is sure to include. */
export const AS_OF_HEADER = 'x-as-of-event';
