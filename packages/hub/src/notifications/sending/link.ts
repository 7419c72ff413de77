import type { Alert } from '@homelabcmd/protocol';
import type { Store } from '../../store/schema.ts';
import { statement } from '../../store/statement.ts';

export interface Links {
  readonly db: Store;
  /** Where people reach this hub, its base path included; `null` where nobody has told it. */
  readonly publicUrl: string | null;
}

const openAction = statement<{ serverId: string; subject: string }, { action_id: number }>(
  (db, { serverId, subject }) =>
    db
      .selectFrom('actions')
      .select('action_id')
      .where('server_id', '=', serverId)
      .where((eb) => eb.or([eb('service_name', '=', subject), eb('target', '=', subject)]))
      .where('status', 'in', ['pending', 'approved', 'dispatched', 'executing'])
      .orderBy('action_id', 'desc')
      .limit(1),
);

/**
 * Where to look at an alert: at the action that is open for its service, where one waits for somebody, or at the alert. The link
 * names what there is to look at, and nobody: whoever opens it has to sign in, and opening it changes nothing.
 */
export async function linkOf({ db, publicUrl }: Links, alert: Alert): Promise<string | null> {
  if (publicUrl === null) return null;
  const { server_id: serverId, subject, alert_id } = alert;
  const [action] =
    serverId === null || subject === null ? [] : (await openAction(db, { serverId, subject })).rows;
  return action === undefined
    ? `${publicUrl}/alerts/${alert_id}`
    : `${publicUrl}/actions/${action.action_id}`;
}
