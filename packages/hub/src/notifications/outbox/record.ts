import type { EventLog, LogTransaction } from '../../events/log.ts';
import { timestamp } from '../../lib/clock.ts';
import { uuidV7 } from '../../lib/uuid.ts';
import { OF_NO_SERVER } from '../../store/schema.ts';
import type { Outcome } from '../channels/kind.ts';
import { GATHERS_MS, pauseMs } from './backoff.ts';
import type { Batch } from './next.ts';

/** Gives rows the id of the message that they become. From here on it is one message, also after a crash. */
export function claim(
  log: EventLog,
  channelId: string,
  rows: Batch['rows'],
  isGathering: boolean,
): Promise<void> {
  return log.transaction(async ({ tx, now }) => {
    const nowMs = Date.parse(now);
    await tx
      .updateTable('deliveries')
      .set({ message_id: uuidV7(nowMs), state: 'waiting', due_at: now })
      .where(
        'delivery_id',
        'in',
        rows.map(({ delivery_id }) => delivery_id),
      )
      .where('state', 'in', ['waiting', 'held'])
      .where('message_id', 'is', null)
      .execute();
    if (!isGathering) return;
    await tx
      .updateTable('channels')
      .set({ gathers_until: timestamp(nowMs + GATHERS_MS) })
      .where('channel_id', '=', channelId)
      .execute();
  });
}

/** A try, and what became of it. */
export interface Tried {
  readonly channelId: string;
  readonly name: string;
  readonly batch: Batch;
  readonly outcome: Outcome;
  readonly chance: number;
}

/**
 * Writes down what became of a try, tells of what is over, and keeps the channel's health. It may be asked once more for the
 * same try, when nobody knows whether the commit was done.
 */
export function record(log: EventLog, of: Tried): Promise<void> {
  return log.transaction(async (open) => {
    const { outcome, batch } = of;
    const nowMs = Date.parse(open.now);
    if (outcome.delivered) return delivered(open, of);
    const dueMs = nowMs + pauseMs(batch.tries + 1, outcome.retryAfterMs, of.chance);
    const isOver = outcome.isForGood || dueMs > batch.giveUpAtMs;
    if (isOver) await givenUp(open, of, outcome.because);
    else
      await rowsOf(open, of)
        .set({ due_at: timestamp(dueMs), because: outcome.because, tries: batch.tries + 1 })
        .execute();
    await open.tx
      .updateTable('channels')
      .set((eb) => ({
        last_failed_at: open.now,
        last_failure: outcome.because,
        failures: eb('failures', '+', 1),
      }))
      .where('channel_id', '=', of.channelId)
      .execute();
  });
}

const rowsOf = ({ tx }: LogTransaction, { channelId, batch }: Tried) =>
  tx
    .updateTable('deliveries')
    .where('channel_id', '=', channelId)
    .where('message_id', '=', batch.messageId)
    .where('state', '=', 'waiting');

async function delivered(open: LogTransaction, of: Tried): Promise<void> {
  const over = { finished_at: open.now, due_at: null, because: null, tries: of.batch.tries + 1 };
  const rows = await rowsOf(open, of)
    .set({ state: 'delivered', ...over })
    .returning(['alert_id', 'server_id', 'occasion'])
    .execute();
  await open.tx
    .updateTable('channels')
    .set({ last_delivered_at: open.now, failures: 0 })
    .where('channel_id', '=', of.channelId)
    .execute();
  for (const { alert_id, server_id, occasion } of rows) {
    if (alert_id === null) continue;
    const head = { type: 'notification.delivered', serverId: placeOf(server_id), actor: 'hub' } as const;
    await open.append(head, async () => ({ alert_id: Number(alert_id), channel: of.name, occasion }));
  }
}

async function givenUp(open: LogTransaction, of: Tried, because: string): Promise<void> {
  const over = { finished_at: open.now, due_at: null, because, tries: of.batch.tries + 1 };
  const rows = await rowsOf(open, of)
    .set({ state: 'failed', ...over })
    .returning(['alert_id', 'server_id', 'occasion'])
    .execute();
  for (const { alert_id, server_id, occasion } of rows) {
    if (alert_id === null) continue;
    const head = { type: 'notification.failed', serverId: placeOf(server_id), actor: 'hub' } as const;
    await open.append(head, async () => ({
      ...{ alert_id: Number(alert_id), channel: of.name, occasion, because },
    }));
    if (occasion !== 'resolved') await forgetRecovery(open, of.channelId, Number(alert_id));
  }
}

/** Whoever was not told that it began is not told that it is over. */
async function forgetRecovery(
  { tx, now }: LogTransaction,
  channelId: string,
  alertId: number,
): Promise<void> {
  const told = await tx
    .selectFrom('deliveries')
    .select('delivery_id')
    .where('channel_id', '=', channelId)
    .where('alert_id', '=', alertId)
    .where('state', '=', 'delivered')
    .executeTakeFirst();
  if (told) return;
  await tx
    .updateTable('deliveries')
    .set({ state: 'not_told', because: 'What began did not arrive.', finished_at: now, due_at: null })
    .where('channel_id', '=', channelId)
    .where('alert_id', '=', alertId)
    .where('occasion', '=', 'resolved')
    .where('state', 'in', ['waiting', 'held'])
    .where('message_id', 'is', null)
    .execute();
}

const placeOf = (serverId: string): string | null => (serverId === OF_NO_SERVER ? null : serverId);
