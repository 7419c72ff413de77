import { FRAME_VERSION, type HubFrame } from '@homelabcmd/protocol';
import { fingerprintOf, type NewKey } from '@homelabcmd/protocol/link';
import type { EventLog, LogTransaction } from '../events/log.ts';
import type { Clock } from '../lib/clock.ts';
import { Refusal } from '../lib/refusal.ts';
import type { Store } from '../store/schema.ts';

export interface NewKeysParts {
  readonly db: Store;
  readonly log: EventLog;
  /** Hands a frame to the agent's connection; false when there is none. */
  send(serverId: string, frame: HubFrame): boolean;
}

/**
 * How an agent comes to another key. The other half is `own-keys.ts` of the agent.
 *
 *   known by K1 ──a person asks──► asked: `renew_key` on each connection ──`new_key`, by K1 and K2──► known by K2, and K1 is worth nothing
 *
 * The last step is one transaction, so at each moment one key opens the door: there are never two agents to be told apart. The agent
 * holds both until it has heard of that step. Nobody changes a key that no person has asked to be changed, nor in quarantine,
 * where it is not known which of two agents would get the new one.
 */
export interface NewKeys {
  /** @returns since when it is asked, and whether the agent is connected and has been told. @throws Refusal */
  ask(log: EventLog, actor: string, serverId: string): Promise<{ asked_at: string; told: boolean }>;
  /** Says so to the agent, if a new key is asked of it. */
  tell(serverId: string): Promise<boolean>;
  /** The agent has another key: @returns whether it is known by that one now */
  take(serverId: string, newKey: NewKey): Promise<boolean>;
}

export function newKeysOf({ db, log, send }: NewKeysParts): NewKeys {
  const tell = async (serverId: string): Promise<boolean> =>
    (await isAsked(db, serverId)) && send(serverId, { v: FRAME_VERSION, type: 'renew_key' });
  return {
    async ask(logFrom, actor, serverId) {
      const asked_at = await logFrom.transaction((open) => askNewKey(open, actor, serverId));
      return { asked_at, told: await tell(serverId) };
    },
    tell,
    take: (serverId, newKey) => log.transaction((open) => takeNewKey(open, serverId, newKey)),
  };
}

async function askNewKey(open: LogTransaction, actor: string, serverId: string): Promise<string> {
  const known = await keyOf(open.tx, serverId);
  if (known === undefined)
    throw new Refusal('not_found', `No agent has enrolled as ${serverId}, so there is no key to change.`);
  if (await isInQuarantine(open.tx, serverId))
    throw new Refusal(
      'quarantined',
      `${serverId} is in quarantine: it is not known which agent would get the new key. Look at its page, lift the quarantine, then ask again.`,
    );
  if (known.new_key_asked_at !== null) return known.new_key_asked_at;
  await open.tx
    .updateTable('agent_keys')
    .set({ new_key_asked_at: open.now })
    .where('server_id', '=', serverId)
    .execute();
  const detail = { key: fingerprintOf(known.public_key) };
  await open.audit({ verb: 'agent.key_asked', actor, serverId, detail });
  return open.now;
}

async function takeNewKey(
  open: LogTransaction,
  serverId: string,
  { publicKey, isWantedBy }: NewKey,
): Promise<boolean> {
  const known = await keyOf(open.tx, serverId);
  // The answer to the time before was lost.
  if (known?.public_key === publicKey) return true;
  if (known === undefined || known.new_key_asked_at === null || !isWantedBy(known.public_key)) return false;
  if ((await isInQuarantine(open.tx, serverId)) || (await isAnybodys(open.tx, publicKey))) return false;
  const replaced = { public_key: known.public_key, server_id: serverId, replaced_at: open.now };
  await open.tx
    .insertInto('replaced_agent_keys')
    .values({ ...replaced, shown_at: null })
    .execute();
  // It is the same agent, with all that is known of it: `enrolled_at` stays.
  await open.tx
    .updateTable('agent_keys')
    .set({ public_key: publicKey, new_key_asked_at: null })
    .where('server_id', '=', serverId)
    .execute();
  await open.audit({
    ...{ verb: 'agent.key_changed', actor: `agent:${serverId}`, serverId },
    detail: { from: fingerprintOf(known.public_key), to: fingerprintOf(publicKey) },
  });
  return true;
}

/** So long after a change the agent itself may still show the key of before: it has yet to hear of it. */
const MAY_NOT_KNOW_MS = 60_000;

/**
 * Somebody nobody knows is at the door. Where they hold a key that was replaced, a copy of that server is somewhere: it is written
 * down, once for each key.
 */
export async function noteOldKey(db: Store, log: EventLog, clock: Clock, publicKey: string): Promise<void> {
  const old = await db
    .selectFrom('replaced_agent_keys')
    .select(['server_id', 'replaced_at', 'shown_at'])
    .where('public_key', '=', publicKey)
    .executeTakeFirst();
  if (old === undefined || old.shown_at !== null) return;
  if (clock.nowMs() - Date.parse(old.replaced_at) < MAY_NOT_KNOW_MS) return;
  await log.transaction(async (open) => {
    const { numUpdatedRows } = await open.tx
      .updateTable('replaced_agent_keys')
      .set({ shown_at: open.now })
      .where('public_key', '=', publicKey)
      .where('shown_at', 'is', null)
      .executeTakeFirst();
    if (Number(numUpdatedRows) === 0) return;
    const detail = { key: fingerprintOf(publicKey), replaced_at: old.replaced_at };
    await open.audit({ verb: 'agent.old_key_shown', actor: 'hub', serverId: old.server_id, detail });
  });
}

const keyOf = (db: Store, serverId: string) =>
  db
    .selectFrom('agent_keys')
    .select(['public_key', 'new_key_asked_at'])
    .where('server_id', '=', serverId)
    .executeTakeFirst();

const isAsked = async (db: Store, serverId: string): Promise<boolean> => {
  const key = await keyOf(db, serverId);
  return key !== undefined && key.new_key_asked_at !== null && !(await isInQuarantine(db, serverId));
};

const isInQuarantine = async (db: Store, serverId: string): Promise<boolean> => {
  const rows = db.selectFrom('quarantines').select('server_id').where('server_id', '=', serverId);
  return (await rows.executeTakeFirst()) !== undefined;
};

/** A key that is another agent's, or that was an agent's before: no agent gets that one. */
async function isAnybodys(db: Store, publicKey: string): Promise<boolean> {
  for (const table of ['agent_keys', 'replaced_agent_keys'] as const) {
    const rows = db.selectFrom(table).select('server_id').where('public_key', '=', publicKey);
    if ((await rows.executeTakeFirst()) !== undefined) return true;
  }
  return false;
}
