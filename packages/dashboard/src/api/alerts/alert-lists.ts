import { type Alert, type AlertSeverity, type LiveEvent, api } from '@homelabcmd/protocol';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { hubNowMs } from '../../lib/hub-clock.ts';
import { ask } from '../call.ts';
import { liveQuery } from '../live/live-query.ts';
import { type Alerts, reduceAlerts } from './open-alerts.ts';

const DAY_MS = 86_400_000;

/** Which alerts are wanted, as the address says it. */
export interface AlertFilter {
  readonly severity?: AlertSeverity | undefined;
  readonly server?: string | undefined;
  readonly q?: string | undefined;
}

export const isNarrowed = ({ severity, server, q }: AlertFilter): boolean =>
  severity !== undefined || server !== undefined || q !== undefined;

/** Whether an alert is wanted; the same that the hub finds for the same words. */
export function isWanted({ severity, server, q }: AlertFilter, alert: Alert): boolean {
  if (severity !== undefined && alert.severity !== severity) return false;
  if (server !== undefined && alert.server_id !== server) return false;
  return q === undefined || alert.title.toLowerCase().includes(q.toLowerCase());
}

const byEnd = (a: Alert, b: Alert): number => ((a.resolved_at ?? '') > (b.resolved_at ?? '') ? -1 : 1);

export interface ResolvedPage {
  readonly alerts: Alerts;
  readonly total: number;
}

/** What one fact makes of a page of what is over. */
function reduceResolved(page: ResolvedPage, fact: LiveEvent, filter: AlertFilter, isFirst: boolean) {
  const told = 'alert' in fact.data ? fact.data.alert.alert_id : null;
  const isKnown = page.alerts.some(({ alert_id }) => alert_id === told);
  // What is new stands on the first page; later ones only keep true what they show.
  if (!isKnown && !isFirst) return page;
  const belongs = (alert: Alert) => alert.state === 'resolved' && isWanted(filter, alert);
  const alerts = reduceAlerts(page.alerts, fact, belongs);
  if (alerts === page.alerts) return page;
  return { alerts: alerts.toSorted(byEnd), total: page.total + alerts.length - page.alerts.length };
}

interface ResolvedWish {
  readonly filter: AlertFilter;
  /** Only what was over no longer ago than this. */
  readonly withinMs?: number;
  readonly limit: number;
  readonly offset: number;
}

const resolvedQuery = ({ filter, withinMs, limit, offset }: ResolvedWish) =>
  liveQuery<ResolvedPage>({
    key: ['alerts', 'resolved', filter, withinMs, limit, offset],
    read: async (signal) => {
      const { severity, server, q } = filter;
      const since = withinMs === undefined ? undefined : new Date(hubNowMs() - withinMs).toISOString();
      const query = { state: 'resolved', severity, server_id: server, q, since, limit, offset };
      const { body, asOf } = await ask(api.listAlerts, { query, signal });
      return { body: { alerts: body.alerts.toSorted(byEnd), total: body.total }, asOf };
    },
    reduce: (page, fact) => reduceResolved(page, fact, filter, offset === 0),
  });

/** What was over within the last day, under the filters. */
export const useResolvedLately = (filter: AlertFilter) =>
  useQuery({
    ...resolvedQuery({ filter, withinMs: DAY_MS, limit: 100, offset: 0 }),
    placeholderData: keepPreviousData,
  });

/** One page of all that is over, the newest end first. */
export const useResolved = (filter: AlertFilter, limit: number, offset: number) =>
  useQuery({ ...resolvedQuery({ filter, limit, offset }), placeholderData: keepPreviousData });

/** The alerts of one service, open and over, newest first: an action looks among them for its own. */
export const useAlertsOf = (serverId: string, subject: string) =>
  useQuery(
    liveQuery<Alerts>({
      key: ['alerts', 'of', serverId, subject],
      read: async (signal) => {
        const query = { server_id: serverId, subject, limit: 20 };
        const { body, asOf } = await ask(api.listAlerts, { query, signal });
        return { body: body.alerts, asOf };
      },
      reduce: (alerts, fact) =>
        reduceAlerts(
          alerts,
          fact,
          (alert) => alert.server_id === serverId && alert.subject === subject && alert.state !== 'pending',
        ),
    }),
  );
