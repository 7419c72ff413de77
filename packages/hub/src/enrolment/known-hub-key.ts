import { fingerprintOf, keysBefore } from '@homelabcmd/protocol/link';
import type { EventLog } from '../events/log.ts';
import type { Logger } from '../lib/log.ts';
import type { Store } from '../store/schema.ts';
import type { HubIdentity } from './hub-key.ts';

export const knownHubKey = (db: Store) =>
  db.selectFrom('known_hub_key').select(['public_key', 'since']).executeTakeFirst();

/** Whether agents that know this key find the hub that has the other one now. */
export const leadsTo = (publicKey: string, { key, succession }: HubIdentity): boolean =>
  publicKey === key.publicKey || keysBefore(key.publicKey, succession).includes(publicKey);

/**
 * The hub starts, and its key may be another one than at the last start: by `homelabcmd rotate-key`, or because somebody has moved the
 * file. Either is written down here, in the store that is to be used with it, so that a command that was cut short leaves nothing to
 * mend. Tokens that name a key from which nothing leads here would send agents to a hub that is no more.
 */
export async function noteHubKey(
  db: Store,
  log: EventLog,
  hubKey: HubIdentity,
  logger: Logger,
): Promise<void> {
  const { publicKey } = hubKey.key;
  const known = await knownHubKey(db);
  if (known?.public_key === publicKey) return;
  const isFollowed = known === undefined || leadsTo(known.public_key, hubKey);
  await log.transaction(async (open) => {
    const row = { one: 1, public_key: publicKey, since: open.now } as const;
    await open.tx
      .insertInto('known_hub_key')
      .values(row)
      .onConflict((conflict) => conflict.column('one').doUpdateSet(row))
      .execute();
    if (known === undefined) return;
    if (!isFollowed) await open.tx.deleteFrom('enrolment_tokens').execute();
    const [from, to] = [known.public_key, publicKey].map(fingerprintOf);
    const detail = { from, to, followed: isFollowed };
    await open.audit({ verb: 'hub.key_changed', actor: 'console', serverId: null, detail });
  });
  if (!isFollowed)
    logger.warn(
      'the hub has another key than it had, and the one before has not signed it: agents do not answer until the newest hub-key is back, or they are enrolled anew',
    );
}
