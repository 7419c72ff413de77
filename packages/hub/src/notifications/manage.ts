import { type Channel, type ChannelTest, type ChannelWish, PROBLEMS } from '@homelabcmd/protocol';
import type { Insertable } from 'kysely';
import type { EventLog, LogTransaction } from '../events/log.ts';
import { Refusal } from '../lib/refusal.ts';
import { uuidV7 } from '../lib/uuid.ts';
import type { Schema, Store } from '../store/schema.ts';
import { findChannel, type KeptChannel, type Safe, secretsOf } from './channels-kept.ts';
import { CHANNEL_KINDS } from './channels/registry.ts';
import { type Kept, settingsOf } from './channels/settings.ts';
import { withdraw } from './outbox/insert.ts';
import { readChannel } from './view.ts';

/** So many are enough for a house, and each costs a row for every alert. */
const MOST_CHANNELS = 50;

export interface ManageParts {
  readonly db: Store;
  readonly log: EventLog;
  readonly safe: Safe;
  /** Told after the commit. */
  readonly channelsChanged: (channelId: string) => Promise<void>;
}

/** @throws Refusal `already_exists`, `invalid` */
export async function createChannel(parts: ManageParts, actor: string, wish: ChannelWish): Promise<Channel> {
  const { log, safe } = parts;
  const channelId = uuidV7(Date.now());
  const channel = await log.transaction(async (open) => {
    await refuseTaken(open, wish.name, channelId);
    await refuseTooMany(open);
    const values = valuesOf(safe, channelId, wish);
    await open.tx
      .insertInto('channels')
      .values({
        ...{ channel_id: channelId, ...values, after_event: log.head, gathers_until: null },
        ...{ last_delivered_at: null, last_failed_at: null, last_failure: null, failures: 0 },
        ...{ created_at: open.now, created_by: actor, changed_at: open.now, changed_by: actor },
      })
      .execute();
    await note(open, 'channel.created', actor, wish);
    return readChannel(open.tx, channelId);
  });
  await parts.channelsChanged(channelId);
  return channel;
}

/** @throws Refusal `not_found`, `already_exists`, `invalid` */
export async function putChannel(
  parts: ManageParts,
  actor: string,
  channelId: string,
  wish: ChannelWish,
): Promise<Channel> {
  const { log, safe } = parts;
  const channel = await log.transaction(async (open) => {
    const known = await knownChannel(open.tx, channelId);
    if (known.kindId !== wish.kind)
      throw invalid('kind', 'A channel stays of its kind. Add another one, and remove this.');
    await refuseTaken(open, wish.name, channelId);
    await open.tx
      .updateTable('channels')
      .set({
        ...valuesOf(safe, channelId, wish, { plain: known.plain, secret: secretsOf(safe, known) ?? {} }),
        ...{ changed_at: open.now, changed_by: actor },
      })
      .where('channel_id', '=', channelId)
      .execute();
    if (known.isEnabled && !wish.enabled) await dropOpen(open, channelId);
    await note(open, 'channel.changed', actor, wish);
    return readChannel(open.tx, channelId);
  });
  await parts.channelsChanged(channelId);
  return channel;
}

/** What was yet to be sent by it goes with it. @throws Refusal `not_found` */
export async function deleteChannel(parts: ManageParts, actor: string, channelId: string): Promise<void> {
  await parts.log.transaction(async (open) => {
    const { name, kindId } = await knownChannel(open.tx, channelId);
    await open.tx.deleteFrom('channels').where('channel_id', '=', channelId).execute();
    await note(open, 'channel.removed', actor, { name, kind: kindId });
  });
  await parts.channelsChanged(channelId);
}

/** Sends a message by it, whatever its routing and its hours. @throws Refusal `not_found` */
export async function testChannel(
  parts: ManageParts,
  channelId: string,
  trySending: (channel: KeptChannel, id: string) => Promise<TryOutcome>,
): Promise<ChannelTest> {
  const channel = await knownChannel(parts.db, channelId);
  const beganMs = performance.now();
  const outcome = await trySending(channel, uuidV7(Date.now()));
  return {
    delivered: outcome.delivered,
    outcome: outcome.delivered ? 'The receiver took the message.' : outcome.because,
    said: outcome.said,
    took_ms: Math.round(performance.now() - beganMs),
  };
}

type TryOutcome = { said: string | null } & ({ delivered: true } | { delivered: false; because: string });

async function knownChannel(db: Store, channelId: string): Promise<KeptChannel> {
  const channel = await findChannel(db, channelId);
  if (channel === null) throw new Refusal('not_found', 'There is no such channel');
  return channel;
}

function valuesOf(safe: Safe, channelId: string, wish: ChannelWish, known?: Kept) {
  const { name, kind, enabled, settings, routing, quiet_hours } = wish;
  const { plain, secret } = settingsOf(CHANNEL_KINDS[kind], settings, known);
  const hasSecrets = Object.keys(secret).length > 0;
  return {
    ...{ name, kind, enabled: enabled ? 1 : 0, settings_json: JSON.stringify(plain) },
    secret_names_json: JSON.stringify(Object.keys(secret)),
    secrets_shut: hasSecrets ? safe.shut(JSON.stringify(secret), channelId) : null,
    routing_json: JSON.stringify(routing),
    quiet_hours_json: quiet_hours && JSON.stringify(quiet_hours),
  } satisfies Partial<Insertable<Schema['channels']>>;
}

/** Names are compared without regard to case: people tell channels apart by them. */
async function refuseTaken({ tx }: LogTransaction, name: string, channelId: string): Promise<void> {
  const rows = await tx.selectFrom('channels').select(['channel_id', 'name']).execute();
  const isTaken = rows.some(
    (row) => row.channel_id !== channelId && row.name.toLowerCase() === name.toLowerCase(),
  );
  if (isTaken) throw new Refusal('already_exists', `There is a channel ${name} already.`);
}

async function refuseTooMany({ tx }: LogTransaction): Promise<void> {
  const rows = await tx.selectFrom('channels').select('channel_id').execute();
  if (rows.length >= MOST_CHANNELS) throw invalid('name', `There are at most ${MOST_CHANNELS} channels`);
}

/** What waits for a channel that nobody wants any more. What is on its way cannot be taken back. */
async function dropOpen({ tx, now }: LogTransaction, channelId: string): Promise<void> {
  const because = 'The channel was switched off.';
  await withdraw(tx, now, { channelId }, 'all', because);
  await tx
    .updateTable('deliveries')
    .set({ state: 'not_told', because, finished_at: now, due_at: null })
    .where('channel_id', '=', channelId)
    .where('state', '=', 'waiting')
    .execute();
}

/** The audit has what was done, and nothing of what was filled in. */
const note = (
  open: LogTransaction,
  verb: 'channel.created' | 'channel.changed' | 'channel.removed',
  actor: string,
  { name, kind }: Pick<ChannelWish, 'name' | 'kind'>,
): Promise<void> => open.audit({ verb, actor, serverId: null, detail: { name, kind } });

const invalid = (path: string, message: string): Refusal =>
  new Refusal('invalid', `${PROBLEMS.invalid.title}: ${message}.`, { errors: [{ path, message }] });
