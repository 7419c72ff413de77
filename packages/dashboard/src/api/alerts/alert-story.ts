import { type Alert, type LiveEvent, type ResponseOf, api } from '@homelabcmd/protocol';
import { type QueryClient, useQuery } from '@tanstack/react-query';
import { ask, call } from '../call.ts';
import { applyFact, liveQuery } from '../live/live-query.ts';
import { newer } from '../live/newer.ts';
import { reduceAlerts } from './open-alerts.ts';

export type AlertStory = ResponseOf<typeof api.getAlert>;

function reduceStory(known: AlertStory, fact: LiveEvent): AlertStory {
  if (!('alert' in fact.data)) return known;
  const told = fact.data.alert;
  const alert = told.alert_id === known.alert.alert_id ? newer(known.alert, told) : known.alert;
  const belongs = ({ suppressed }: Alert) => suppressed?.cause_alert_id === known.alert.alert_id;
  // One that was held back and is over keeps its place in the story.
  const isMember = known.members.some(({ alert_id }) => alert_id === told.alert_id);
  const members = [...reduceAlerts(known.members, fact, (each) => isMember || belongs(each))];
  const isSame = alert === known.alert && members.every((member, at) => member === known.members[at]);
  return isSame && members.length === known.members.length ? known : { ...known, alert, members };
}

/** Whether a fact adds a line to the story: what stands in it is for the hub to say. */
function addsLine({ alert, members }: AlertStory, fact: LiveEvent): boolean {
  const { data } = fact;
  const ids = [alert, ...members].map(({ alert_id }) => alert_id);
  if ('alert' in data) return ids.includes(data.alert.alert_id);
  if ('alert_id' in data) return ids.includes(data.alert_id);
  return 'action' in data && data.action.server_id === alert.server_id && alert.action_id !== null;
}

const storyQuery = (alertId: number) =>
  liveQuery<AlertStory>({
    key: ['alert', alertId],
    read: (signal) => ask(api.getAlert, { params: { alert_id: alertId }, signal }),
    reduce: reduceStory,
    outdates: addsLine,
  });

/** One alert with all that became of it; of `null` nothing is asked. */
export const useAlertStory = (alertId: number | null) =>
  useQuery({ ...storyQuery(alertId ?? 0), enabled: alertId !== null });

/** Takes in what the hub has stored, from the answer to a request: it may be here before the stream tells it. */
function adopt(client: QueryClient, alert: Alert): void {
  const { revision: id, since: at, server_id } = alert;
  applyFact(client, { id, at, type: 'alert.changed', server_id, actor: 'hub', data: { alert } });
}

/** Somebody looks after it: nobody is reminded of it any more. @throws ApiProblem */
export async function acknowledge(client: QueryClient, alertId: number, note: string | null): Promise<void> {
  const params = { alert_id: alertId };
  adopt(client, await call(api.acknowledgeAlert, { params, body: { note } }));
}

/** @throws ApiProblem */
export async function unacknowledge(client: QueryClient, alertId: number): Promise<void> {
  adopt(client, await call(api.unacknowledgeAlert, { params: { alert_id: alertId } }));
}

/** Reads alerts again, after the hub said that one has moved on. */
export function refreshAlerts(client: QueryClient): void {
  void client.invalidateQueries({ queryKey: ['alerts'] });
  void client.invalidateQueries({ queryKey: ['alert'] });
}
