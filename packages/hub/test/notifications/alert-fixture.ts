import type { Alert, EventData, EventType } from '@homelabcmd/protocol';
import type { EventLog } from '../../src/events/log.ts';

type AlertEvent = Extract<EventType, `alert.${string}`> & Exclude<EventType, 'alert.forgotten'>;

const SINCE = '2026-01-10T11:59:00.000Z';

export const alertWith = (alertId: number, change: Partial<Alert> = {}): Alert => ({
  ...{ alert_id: alertId, kind: 'service_down', severity: 'critical', state: 'firing' },
  ...{ server_id: 'nas', subject: `service-${alertId}`, title: `service-${alertId} failed on nas` },
  ...{ detail: 'It ran out of memory.', lines: ['first line', 'last line'], measured: null },
  ...{ since: SINCE, fired_at: SINCE, resolved_at: null, acknowledged: null },
  ...{ suppressed: null, silenced: null, held_back: 0, flapping: false, came_back: 0 },
  ...{ repeats: 0, escalated_at: null, action_id: null, revision: 1 },
  ...change,
});

/** Appends what the evaluation of alerts would. @returns the event's number */
export async function tellOf(log: EventLog, type: AlertEvent, alert: Alert): Promise<number> {
  let number = 0;
  await log.transaction((open) =>
    open.append({ type, serverId: alert.server_id, actor: 'hub' }, async ({ revision }) => {
      number = revision;
      return { alert: { ...alert, revision } } as EventData<AlertEvent>;
    }),
  );
  return number;
}

export const resolved = (alert: Alert): Alert => ({
  ...alert,
  state: 'resolved',
  resolved_at: '2026-01-10T12:05:00.000Z',
});
