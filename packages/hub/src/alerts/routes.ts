import type { Alert, api } from '@homelabcmd/protocol';
import type { Handlers } from '../lib/handler.ts';
import type { Store } from '../store/schema.ts';
import type { Draft } from './core/memory.ts';
import type { AlertEngine } from './engine.ts';
import { acknowledge, endSilence, shownSilences, silence, unacknowledge } from './people.ts';
import { getAlert, listAlerts, readAlert } from './queries.ts';

type OfAlerts = Pick<typeof api, 'listAlerts' | 'getAlert' | 'acknowledgeAlert' | 'unacknowledgeAlert'>;
type OfSilences = Pick<typeof api, 'listSilences' | 'createSilence' | 'endSilence'>;

interface Parts {
  readonly db: Store;
  readonly alerts: AlertEngine;
}
interface From {
  readonly actor: string;
  readonly address: string;
}

export const alertHandlers = (parts: Parts): Handlers<OfAlerts & OfSilences> => ({
  ...ofAlerts(parts),
  ...ofSilences(parts),
});

function ofAlerts({ db, alerts }: Parts): Handlers<OfAlerts> {
  /** What was not changed, because it is so already, is in no audit. */
  const changed = async (
    verb: 'alert.acknowledged' | 'alert.unacknowledged',
    alertId: number,
    from: From,
    work: (draft: Draft, nowMs: number) => Alert | null,
  ) => {
    await readAlert(db, alertId);
    await alerts.act(from, (draft, nowMs) => {
      const alert = work(draft, nowMs);
      if (alert === null) return { value: null };
      const { title, server_id: serverId, acknowledged } = alert;
      const detail = { alert_id: alertId, title, note: acknowledged?.note ?? null };
      return { value: null, audit: { verb, actor: from.actor, serverId, detail } };
    });
    return readAlert(db, alertId);
  };
  return {
    listAlerts: ({ query }) => listAlerts(db, query),
    getAlert: ({ params }) => getAlert(db, params.alert_id),
    acknowledgeAlert: ({ params: { alert_id: alertId }, body, from }) =>
      changed('alert.acknowledged', alertId, from, (draft, nowMs) =>
        acknowledge(draft, nowMs, { alertId, actor: from.actor, note: body?.note ?? null }),
      ),
    unacknowledgeAlert: ({ params: { alert_id: alertId }, from }) =>
      changed('alert.unacknowledged', alertId, from, (draft, nowMs) =>
        unacknowledge(draft, nowMs, { alertId, actor: from.actor }),
      ),
  };
}

function ofSilences({ alerts }: Parts): Handlers<OfSilences> {
  return {
    listSilences: async ({ query: { limit, offset } }) => {
      const all = shownSilences(alerts.known);
      return { silences: all.slice(offset, offset + limit), total: all.length, limit, offset };
    },
    createSilence: async ({ body, from }) => {
      const made = await alerts.act(from, (draft, nowMs) => {
        const value = silence(draft, nowMs, from.actor, body);
        const { silence_id, server_id: serverId, tag, kind, subject, until, reason } = value;
        const detail = { silence_id, tag, kind, subject, until, reason };
        return { value, audit: { verb: 'silence.created', actor: from.actor, serverId, detail } };
      });
      return shownSilences(alerts.known).find(({ silence_id }) => silence_id === made.silence_id) ?? made;
    },
    endSilence: async ({ params: { silence_id }, from }) => {
      await alerts.act(from, (draft) => {
        const serverId = draft.get('silences', String(silence_id))?.server_id ?? null;
        endSilence(draft, from.actor, silence_id);
        const detail = { silence_id };
        return { value: null, audit: { verb: 'silence.ended', actor: from.actor, serverId, detail } };
      });
      return null;
    },
  };
}
