import type { EventData } from '@homelabcmd/protocol';
import type { EventLog, StoredEvent } from '../events/log.ts';
import { acceptSetbacks } from './declare.ts';

/** Follows the log: who lifts the freeze has read why it was set. */
export async function acceptWhenLifted(log: EventLog, event: StoredEvent): Promise<void> {
  if (event.type !== 'freeze.changed') return;
  const { freeze } = JSON.parse(event.dataJson) as EventData<'freeze.changed'>;
  if (!freeze.on) await log.transaction(acceptSetbacks);
}
