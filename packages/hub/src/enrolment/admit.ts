import { fingerprintOf } from '@homelabcmd/protocol/link';
import type { EventLog } from '../events/log.ts';
import { type Clock, nowOf } from '../lib/clock.ts';
import type { Store } from '../store/schema.ts';
import { statement } from '../store/statement.ts';
import { takeToken } from './tokens.ts';

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
 * is enough, so that an answer lost on the way locks nobody out, and the token opens nothing for anybody else.
 */
export async function admitAgent(
  db: Store,
  log: EventLog,
  clock: Clock,
  { publicKey, tokenKey }: Proved,
): Promise<Admitted | null> {
  const known = await serverOf(db, publicKey);
  if (known !== null) return { serverId: known, isNewAgent: false };
  if (tokenKey === null) return null;
  return log.transaction(async (open) => {
    const meanwhile = await serverOf(open.tx, publicKey);
    if (meanwhile !== null) return { serverId: meanwhile, isNewAgent: false };
    const token = await takeToken(open, tokenKey, nowOf(clock));
    if (token === null) return null;
    const { serverId } = token;
    const row = { public_key: publicKey, enrolled_at: open.now };
    await open.tx
      .insertInto('agent_keys')
      .values({ server_id: serverId, ...row })
      .onConflict((conflict) => conflict.column('server_id').doUpdateSet(row))
      .execute();
    await open.audit({
      ...{ verb: 'enrolment.used', actor: `agent:${serverId}`, serverId },
      detail: { token: token.name, key: fingerprintOf(publicKey) },
    });
    return { serverId, isNewAgent: true };
  });
}

const keyed = statement<{ publicKey: string }, { server_id: string }>((db, { publicKey }) =>
  db.selectFrom('agent_keys').select('server_id').where('public_key', '=', publicKey),
);

const serverOf = async (db: Store, publicKey: string): Promise<string | null> =>
  (await keyed(db, { publicKey })).rows[0]?.server_id ?? null;
