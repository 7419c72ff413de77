import { fingerprintOf } from '@homelabcmd/protocol/link';
import type { EventLog, LogTransaction } from '../events/log.ts';
import { type Clock, nowOf } from '../lib/clock.ts';
import type { Store } from '../store/schema.ts';
import { statement } from '../store/statement.ts';
import { noteOldKey } from './new-key.ts';
import { serverOfToken, takeToken } from './tokens.ts';

/** What an agent has proved to hold. */
export interface Proved {
  readonly publicKey: string;
  /** The public half of an enrolment token. */
  readonly tokenKey: string | null;
}

export interface Admitted {
  readonly serverId: string;
  /** Its key was bound to this server just now. */
  readonly isNewAgent: boolean;
}

/**
 * Who an agent is, by the key that it holds; `null` when nobody knows it. An unknown key that comes with a token is bound to
 * the token's server, and the token is used up, in one commit: of many that come at once one gets in. From then on the key alone
 * is enough, so that an answer lost on the way locks nobody out, and the token opens nothing for anybody else. That of an agent
 * that was known already is used up too: nobody waits for another.
 */
export async function admitAgent(
  db: Store,
  log: EventLog,
  clock: Clock,
  { publicKey, tokenKey }: Proved,
): Promise<Admitted | null> {
  const known = await serverOf(db, publicKey);
  const isTokenOf = tokenKey === null ? null : await serverOfToken(db, tokenKey);
  if (tokenKey === null || isTokenOf === null || !isFor(isTokenOf, known)) {
    if (known === null) await noteOldKey(db, log, clock, publicKey);
    return asKnown(known);
  }
  return log.transaction((open) => useToken(open, nowOf(clock), publicKey, tokenKey));
}

async function useToken(
  open: LogTransaction,
  now: string,
  publicKey: string,
  tokenKey: string,
): Promise<Admitted | null> {
  const known = await serverOf(open.tx, publicKey);
  const serverId = await serverOfToken(open.tx, tokenKey);
  if (serverId === null || !isFor(serverId, known)) return asKnown(known);
  const token = await takeToken(open, tokenKey, now);
  if (token === null) return asKnown(known);
  if (known === null) await bind(open, serverId, publicKey);
  await open.audit({
    ...{ verb: 'enrolment.used', actor: `agent:${serverId}`, serverId },
    detail: { token, key: fingerprintOf(publicKey) },
  });
  return { serverId, isNewAgent: known === null };
}

async function bind(open: LogTransaction, serverId: string, publicKey: string): Promise<void> {
  const row = { public_key: publicKey, enrolled_at: open.now, new_key_asked_at: null };
  await open.tx
    .insertInto('agent_keys')
    .values({ server_id: serverId, ...row })
    .onConflict((conflict) => conflict.column('server_id').doUpdateSet(row))
    .execute();
}

/** An agent that is known stays what it is: a token of another server changes nothing, and is not used up. */
const isFor = (serverId: string, known: string | null): boolean => known === null || known === serverId;

const asKnown = (serverId: string | null): Admitted | null =>
  serverId === null ? null : { serverId, isNewAgent: false };

const keyed = statement<{ publicKey: string }, { server_id: string }>((db, { publicKey }) =>
  db.selectFrom('agent_keys').select('server_id').where('public_key', '=', publicKey),
);

const serverOf = async (db: Store, publicKey: string): Promise<string | null> =>
  (await keyed(db, { publicKey })).rows[0]?.server_id ?? null;
