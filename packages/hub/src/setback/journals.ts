import type { HeldHead } from '@homelabcmd/protocol';
import type { Selectable } from 'kysely';
import type { LogTransaction } from '../events/log.ts';
import type { Schema, Store } from '../store/schema.ts';
import { statement } from '../store/statement.ts';
import { latestSetback } from './declare.ts';

/** What an agent says that its journal holds. */
export interface HeldJournal {
  readonly heads: readonly HeldHead[];
  /** How many heads there are in all. */
  readonly total: number;
}

export interface AgentJournal extends Omit<Selectable<Schema['agent_journals']>, 'server_id'> {
  /** It has enrolled since anything was last heard from this server: it is another agent, or the first. */
  readonly isNew: boolean;
}

const keyOf = statement<{ serverId: string }, { enrolled_at: string }>((db, { serverId }) =>
  db.selectFrom('agent_keys').select('enrolled_at').where('server_id', '=', serverId),
);
const knownJournal = statement<{ serverId: string }, Selectable<Schema['agent_journals']>>(
  (db, { serverId }) => db.selectFrom('agent_journals').selectAll().where('server_id', '=', serverId),
);

/** What is known of the agent that comes with this server's key; `null` when the server is gone. */
export async function journalOf(db: Store, serverId: string): Promise<AgentJournal | null> {
  const [key] = (await keyOf(db, { serverId })).rows;
  if (!key) return null;
  const [known] = (await knownJournal(db, { serverId })).rows;
  const { enrolled_at } = key;
  if (known?.enrolled_at === enrolled_at) return { ...known, isNew: false };
  const newest = { newest_order_id: null, newest_entry: null, newest_at: null };
  return { ...newest, enrolled_at, life: (known?.life ?? 0) + 1, setback_id: 0, isNew: true };
}

/** The agent has been compared: from here on this is what it is known to hold. */
export async function writeJournal(
  open: LogTransaction,
  serverId: string,
  { enrolled_at, life }: AgentJournal,
  held: HeldJournal,
): Promise<void> {
  const setback = await latestSetback(open.tx);
  const row = {
    ...{ enrolled_at, life, setback_id: setback?.setback_id ?? 0 },
    ...newestColumns(held),
  };
  await open.tx
    .insertInto('agent_journals')
    .values({ server_id: serverId, ...row })
    .onConflict((conflict) => conflict.column('server_id').doUpdateSet(row))
    .execute();
}

/** The agent has shown what it holds in the middle of a connection: the newest is to be there from now on. */
export async function noteNewest(open: LogTransaction, serverId: string, held: HeldJournal): Promise<void> {
  const known = await journalOf(open.tx, serverId);
  const newest = newestColumns(held);
  if (known === null || known.isNew || newest.newest_at === null) return;
  if (known.newest_at !== null && newest.newest_at <= known.newest_at) return;
  await open.tx.updateTable('agent_journals').set(newest).where('server_id', '=', serverId).execute();
}

/** The newest by the agent's own clock: numbers begin anew after a setback. */
function newestColumns({ heads }: HeldJournal) {
  const newest = heads.toSorted((a, b) => (a.at < b.at ? 1 : -1))[0];
  return {
    newest_order_id: newest?.order_id ?? null,
    newest_entry: newest?.entry ?? null,
    newest_at: newest?.at ?? null,
  };
}
