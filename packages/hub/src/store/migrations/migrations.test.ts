import { ActionStatus } from '@homelabcmd/protocol';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { connectAgent } from '../../../test/agent-fixture.ts';
import { API_KEY, disposableFolder, startTestHub } from '../../../test/hub-fixture.ts';
import { digestOf } from '../../lib/secrets.ts';
import { openStore } from '../open.ts';
import type { Store } from '../schema.ts';
import { migrations } from './index.ts';

const AT = '2026-01-01T00:00:00.000Z';
const LATER = '2999-01-01T00:00:00.000Z';
const { '0001-first': first, '0002-probes-metrics-keys': second } = migrations;
const CREDENTIAL = 'hlca_of-the-tests';
const SESSION = 'hlcs_of-the-tests';

/** How an action comes to each status, by legal steps. */
const PATHS: Record<ActionStatus, readonly ActionStatus[]> = {
  pending: [],
  rejected: ['rejected'],
  cancelled: ['cancelled'],
  expired: ['expired'],
  approved: ['approved'],
  dispatched: ['approved', 'dispatched'],
  refused: ['approved', 'dispatched', 'refused'],
  executing: ['approved', 'dispatched', 'executing'],
  completed: ['approved', 'dispatched', 'executing', 'completed'],
  failed: ['approved', 'dispatched', 'executing', 'failed'],
  unknown: ['approved', 'dispatched', 'unknown'],
  abandoned: ['approved', 'dispatched', 'unknown', 'abandoned'],
};
const STATUSES = ActionStatus.options;

/** A store as the first version left it: a server, its services, an action in every status, who could sign in. */
async function fill(db: Store): Promise<void> {
  await sql`INSERT INTO servers VALUES ('nas', 'The NAS', '["attic"]', 'offline', ${AT}, ${AT}, NULL,
    '{"on":false,"until":null,"reason":null}', ${AT}, 1)`.execute(db);
  await sql`INSERT INTO agent_credentials VALUES ('nas', ${digestOf(CREDENTIAL)}, ${AT})`.execute(db);
  await sql`INSERT INTO services VALUES ('nas', 'systemd:plex.service', 'plex', 1, 'Films', 1, 1, NULL, NULL, 1)`.execute(
    db,
  );
  for (const [index, status] of STATUSES.entries()) await addAction(db, index + 1, status);
  await sql`UPDATE hub_counters SET last = ${STATUSES.length} WHERE name = 'action'`.execute(db);
  await sql`UPDATE hub_counters SET last = ${STATUSES.length} WHERE name = 'event'`.execute(db);
  await sql`INSERT INTO api_keys VALUES ('dashboard', 'admin', ${digestOf(API_KEY)}, ${AT})`.execute(db);
  await sql`INSERT INTO sessions VALUES (${digestOf(SESSION)}, 'dashboard', 'admin', ${AT}, ${LATER})`.execute(
    db,
  );
  await sql`INSERT INTO audit_entries (event_id, at, actor, verb, server_id, action_id, detail)
    VALUES (1, ${AT}, 'dashboard', 'server.created', 'nas', NULL, '{}')`.execute(db);
}

async function addAction(db: Store, id: number, status: ActionStatus): Promise<void> {
  const name = `of-${status}`;
  await sql`INSERT INTO actions (action_id, order_id, kind, server_id, service_name, target, command, verb, status,
    version, revision, digest, also_restarts_json, created_at, created_by, deadline_at, reason, settle_ms)
    VALUES (${id}, ${`01890a5d-ac96-774b-bcce-${String(id).padStart(12, '0')}`}, 'restart_service', 'nas', ${name},
    ${`systemd:${name}.service`}, ${`systemctl restart ${name}`}, 'reset-and-restart', 'pending', 1, ${id}, 'digest',
    '[]', ${AT}, 'dashboard', ${LATER}, ${'two\nlines'}, 10000)`.execute(db);
  for (const [n, step] of ['pending', ...PATHS[status]].entries()) {
    await sql`INSERT INTO action_steps VALUES (${id}, ${n + 1}, ${step}, ${AT}, 'dashboard', 'why', ${n + 0.5})`.execute(
      db,
    );
    if (n > 0)
      await sql`UPDATE actions SET status = ${step}, version = version + 1, approved_digest = digest
        WHERE action_id = ${id}`.execute(db);
  }
}

/** The store of an older version, in this folder. */
async function storeOf(dataDir: string, known: typeof migrations): Promise<void> {
  await using store = await openStore(dataDir, known);
  await fill(store.db);
}

const AUDIT_COLUMNS = 'id, event_id, at, actor, verb, server_id, action_id, detail';

/** Every row, with the columns that it has had from the first version on. */
const rowsOf = async (db: Store, table: string) => {
  const columns = sql.raw(table === 'audit_entries' ? AUDIT_COLUMNS : '*');
  return (await sql`SELECT ${columns} FROM ${sql.table(table)} ORDER BY 1, 2`.execute(db)).rows;
};

const COPIED = ['servers', 'actions', 'action_steps', 'audit_entries'];

test('a store of the first version keeps every row of every action, in every status', async () => {
  using folder = disposableFolder();
  if (!first) throw new Error('no first migration');
  await storeOf(folder.path, { '0001-first': first });
  const before: unknown[] = [];
  {
    await using store = await openStore(folder.path, { '0001-first': first });
    for (const table of COPIED) before.push(await rowsOf(store.db, table));
  }
  await using store = await openStore(folder.path);
  expect(store.backupFile).not.toBeNull();
  // Later versions add columns, and change nothing in those that were there.
  for (const [n, table] of COPIED.entries())
    expect({ table, rows: await rowsOf(store.db, table) }).toMatchObject({ table, rows: before[n] });
  expect((await sql`PRAGMA foreign_key_check`.execute(store.db)).rows).toEqual([]);
  expect((await sql`PRAGMA integrity_check`.execute(store.db)).rows).toEqual([{ integrity_check: 'ok' }]);
  expect(await rowsOf(store.db, 'services')).toMatchObject([{ display_name: 'Films', probe_json: null }]);
});

test('a store that was migrated step by step is the same as one that is new', async () => {
  using old = disposableFolder();
  using fresh = disposableFolder();
  if (!first || !second) throw new Error('no such migrations');
  await storeOf(old.path, { '0001-first': first });
  await (await openStore(old.path, { '0001-first': first, '0002-probes-metrics-keys': second }))[
    Symbol.asyncDispose
  ]();
  await using migrated = await openStore(old.path);
  await using made = await openStore(fresh.path);
  const schemaOf = async (db: Store) =>
    (await sql`SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name`.execute(db)).rows;
  expect(await schemaOf(migrated.db)).toEqual(await schemaOf(made.db));
});

test('what the store refused before it refuses still', async () => {
  using folder = disposableFolder();
  if (!first) throw new Error('no first migration');
  await storeOf(folder.path, { '0001-first': first });
  await using store = await openStore(folder.path);
  const refused = (statement: string, why: string) =>
    expect(sql.raw(statement).execute(store.db)).rejects.toThrow(why);
  const idOf = (status: ActionStatus) => STATUSES.indexOf(status) + 1;
  const set = (from: ActionStatus, to: string) =>
    `UPDATE actions SET status = '${to}' WHERE action_id = ${idOf(from)}`;
  await refused(set('dispatched', 'approved'), 'no action takes this step');
  await refused(set('completed', 'pending'), 'no action takes this step');
  await refused(set('pending', 'gone'), 'no action takes this step');
  await refused(`UPDATE actions SET digest = 'other' WHERE action_id = ${idOf('approved')}`, 'CHECK');
  await refused(
    `UPDATE actions SET target = 'systemd:of-unknown.service' WHERE action_id = ${idOf('pending')}`,
    'UNIQUE',
  );
  await refused(`UPDATE actions SET verb = 'stop' WHERE action_id = 1`, 'FOREIGN KEY');
  await refused(`INSERT INTO action_steps VALUES (999, 1, 'pending', '', '', '', NULL)`, 'FOREIGN KEY');
  await refused('DELETE FROM audit_entries', 'never deleted');
  await sql`DELETE FROM servers`.execute(store.db);
  for (const table of ['actions', 'action_steps', 'services'])
    expect(await rowsOf(store.db, table)).toEqual([]);
  expect(await rowsOf(store.db, 'audit_entries')).toHaveLength(1);
});

test('a hub goes on with the store of the first version: its key, its sessions and its actions, and its agents enrol anew', async () => {
  using folder = disposableFolder();
  if (!first) throw new Error('no first migration');
  await storeOf(folder.path, { '0001-first': first });
  await using hub = await startTestHub({ dataDir: folder.path });
  const asked = await fetch(`${hub.url}/api/v1/session`, {
    headers: { cookie: `homelabcmd_session=${SESSION}` },
  });
  expect(await asked.json()).toMatchObject({ principal: { name: 'dashboard' }, expires_at: LATER });
  expect((await hub.call('GET', '/keys')).body).toMatchObject({
    keys: [{ key_id: 'bootstrap', name: 'dashboard', is_bootstrap: true, created_by: null }],
  });
  const list = await hub.call<{ counts: object; total: number }>('GET', '/actions');
  expect(list.status).toBe(200);
  expect(list.body.total).toBe(STATUSES.length);
  expect((await hub.restart('nas', 'of-pending')).status).toBe(409);
  expect((await hub.restart('nas', 'of-completed')).body).toMatchObject({ action_id: STATUSES.length + 1 });
  const pending = STATUSES.indexOf('pending') + 1;
  expect((await hub.call('POST', `/actions/${pending}/reject`, { reason: 'no' })).status).toBe(200);
  await using agent = await connectAgent(hub, 'nas');
  await agent.frame('welcome');
  expect(hub.faults).toEqual([]);
});
