import type { Alert, LiveEvent } from '@homelabcmd/protocol';
import { useQuery } from '@tanstack/react-query';
import { liveQuery } from '../live/live-query.ts';
import { put, without } from '../live/newer.ts';

export type Alerts = readonly Alert[];

/** Keeps a list of alerts true. */
export function reduceAlerts(alerts: Alerts, fact: LiveEvent, belongs: (alert: Alert) => boolean): Alerts {
  const { data } = fact;
  if (fact.type === 'alert.forgotten')
    return without(alerts, ({ alert_id }) => alert_id === fact.data.alert_id);
  if (!('alert' in data)) return alerts;
  const told = data.alert;
  const isIt = ({ alert_id }: Alert) => alert_id === told.alert_id;
  return belongs(told) ? put(alerts, told, isIt) : without(alerts, isIt);
}

/** It has been told of and is not over. */
const isOpenAlert = ({ state }: Alert): boolean => state === 'firing' || state === 'acknowledged';

/** It waits for somebody: nobody looks after it, it is told of, and no other alert stands for it. */
export const needsSomeone = ({ state, silenced, suppressed }: Alert): boolean =>
  state === 'firing' && silenced === null && suppressed === null;

/** Every alert that is not over. How it is read, and checked, comes when the page has been drawn. */
const openAlertsQuery = liveQuery<Alerts>({
  key: ['alerts', 'open'],
  read: async (signal) => (await import('./read-alerts.ts')).readOpenAlerts(signal),
  reduce: (alerts, fact) => reduceAlerts(alerts, fact, isOpenAlert),
});

export const useOpenAlerts = () => useQuery(openAlertsQuery);
