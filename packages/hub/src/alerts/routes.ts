import type { api } from '@homelabcmd/protocol';
import type { Handlers } from '../lib/handler.ts';
import type { Store } from '../store/schema.ts';
import type { AlertEngine } from './engine.ts';
import { acknowledge, endSilence, shownSilences, silence, unacknowledge } from './people.ts';
import { getAlert, listAlerts, readAlert } from './queries.ts';

type Routes = Pick<
  typeof api,
  | 'listAlerts'
  | 'getAlert'
  | 'acknowledgeAlert'
  | 'unacknowledgeAlert'
  | 'listSilences'
  | 'createSilence'
  | 'endSilence'
>;

export function alertHandlers({ db, alerts }: { db: Store; alerts: AlertEngine }): Handlers<Routes> {
  return {
    listAlerts: ({ query }) => listAlerts(db, query),
    getAlert: ({ params }) => getAlert(db, params.alert_id),
    acknowledgeAlert: async ({ params: { alert_id: alertId }, body, from }) => {
      await readAlert(db, alertId);
      const { actor } = from;
      const note = body?.note ?? null;
      await alerts.act(from, (draft, nowMs) => {
        const alert = acknowledge(draft, nowMs, { alertId, actor, note });
        return alert === null
          ? { value: null }
          : {
              value: null,
              audit: {
                ...({ verb: 'alert.acknowledged', actor, serverId: alert.server_id } as const),
                detail: { alert_id: alertId, title: alert.title, note },
              },
            };
      });
      return readAlert(db, alertId);
    },
    unacknowledgeAlert: async ({ params: { alert_id: alertId }, from }) => {
      await readAlert(db, alertId);
      const { actor } = from;
      await alerts.act(from, (draft, nowMs) => {
        const alert = unacknowledge(draft, nowMs, { alertId, actor });
        return alert === null
          ? { value: null }
          : {
              value: null,
              audit: {
                ...({ verb: 'alert.unacknowledged', actor, serverId: alert.server_id } as const),
                detail: { alert_id: alertId, title: alert.title },
              },
            };
      });
      return readAlert(db, alertId);
    },
    listSilences: async ({ query: { limit, offset } }) => {
      const all = shownSilences(alerts.known);
      return { silences: all.slice(offset, offset + limit), total: all.length, limit, offset };
    },
    createSilence: async ({ body, from }) => {
      const made = await alerts.act(from, (draft, nowMs) => {
        const value = silence(draft, nowMs, from.actor, body);
        const { held_back: _, created_at, created_by, server_id, ...detail } = value;
        const audit = { verb: 'silence.created', actor: from.actor, serverId: server_id, detail } as const;
        return { value, audit };
      });
      return shownSilences(alerts.known).find(({ silence_id }) => silence_id === made.silence_id) ?? made;
    },
    endSilence: async ({ params: { silence_id }, from }) => {
      await alerts.act(from, (draft) => {
        const serverId = draft.get('silences', String(silence_id))?.server_id ?? null;
        endSilence(draft, from.actor, silence_id);
        return {
          value: null,
          audit: { verb: 'silence.ended', actor: from.actor, serverId, detail: { silence_id } },
        };
      });
      return null;
    },
  };
}
