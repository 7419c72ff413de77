import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { LiveEvent } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { copyStore } from '../src/store/copies/copy.ts';
import { findDamage } from '../src/store/inspect.ts';
import { STORE_FILE } from '../src/store/open.ts';
import { restoreStore } from '../src/store/copies/restore.ts';
import { type ConnectedAgent, connectAgent, failedReport, report } from './agent-fixture.ts';
import { disposableFolder, HeldClock, type TestHub, startTestHub } from './hub-fixture.ts';

const ROUNDS = 20;
const EVENTS_A_ROUND = 15;
const UNITS = ['plex', 'sonarr', 'radarr', 'smbd'];

/** People at work, through the API, until the signal. */
async function keepAsking(hub: TestHub, stop: AbortSignal): Promise<void> {
  for (let n = 0; !stop.aborted; n += 1) {
    const service = UNITS[n % UNITS.length] ?? '';
    const { body, status } = await hub.restart('nas', service);
    const path = `/actions/${body.action_id}`;
    if (status === 201) await hub.call('POST', n % 3 === 0 ? `${path}/cancel` : `${path}/approve`);
    await hub.call('PATCH', '/servers/nas', { display_name: `The ${n}th name` });
    await hub.call('PUT', '/servers/attic/maintenance', { on: n % 2 === 0, reason: `round ${n}` });
    if (n % 7 === 0) await hub.call('POST', '/servers', { server_id: `server-${n}` });
    if (n % 7 === 5) await hub.call('DELETE', `/servers/server-${n - 5}`);
  }
}

/** A server at work, through the link, until the signal. */
async function keepReporting(agent: ConnectedAgent, stop: AbortSignal): Promise<void> {
  for (let n = 0; !stop.aborted; n += 1) {
    const unit = `${UNITS[n % UNITS.length]}.service`;
    agent.reports([n % 2 === 0 ? failedReport(unit, { restarts: n }) : report(unit, { restarts: n })]);
    await agent.settled();
  }
}

const read = (database: DatabaseSync, sql: string) =>
  database
    .prepare(sql)
    .all()
    .map((row) => ({ ...row }));
const EVENTS = 'SELECT * FROM events ORDER BY id';
const isAbout = (event: LiveEvent): string => {
  if ('action' in event.data) return `action ${event.data.action.action_id}`;
  if ('service' in event.data) return `service ${event.server_id} ${event.data.service.target}`;
  return 'server' in event.data ? `server ${event.server_id}` : '';
};

/**
 * What the store held at event N, told by the log alone: for each thing, the event that last told of it, and how an action stood.
 */
function toldByLog(events: readonly Record<string, unknown>[]): Map<string, string> {
  const told = new Map<string, string>();
  for (const row of events) {
    const event = { ...row, data: JSON.parse(String(row['data_json'])) } as unknown as LiveEvent;
    if (event.type === 'server.deleted') told.delete(`server ${event.server_id}`);
    else if (event.type === 'service.removed') told.delete(`service ${event.server_id} ${event.data.target}`);
    else if ('action' in event.data) {
      const { status, version, steps } = event.data.action;
      told.set(isAbout(event), `${event.id} ${status} ${version} ${steps.length}`);
    } else told.set(isAbout(event), String(event.id));
  }
  return told;
}

/** The same, told by the tables of state. */
function heldByTables(database: DatabaseSync): Map<string, string> {
  const rows = [
    ...read(
      database,
      `SELECT 'action ' || action_id AS thing, revision || ' ' || status || ' ' || version || ' ' ||
        (SELECT count(*) FROM action_steps WHERE action_steps.action_id = actions.action_id) AS held FROM actions`,
    ),
    ...read(
      database,
      `SELECT 'service ' || server_id || ' ' || target AS thing, revision || '' AS held FROM services`,
    ),
    ...read(database, `SELECT 'server ' || server_id AS thing, revision || '' AS held FROM servers`),
  ];
  return new Map(rows.map(({ thing, held }) => [String(thing), String(held)]));
}

/** Proves that a copy is the store as it was at one event: whole, and of one moment. @returns that event's number */
function proveMoment(copy: string, allEvents: readonly Record<string, unknown>[]): number {
  using database = new DatabaseSync(copy, { readOnly: true });
  expect(findDamage(database)).toEqual([]);
  const events = read(database, EVENTS);
  expect(events).toEqual(allEvents.slice(0, events.length));
  expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1));
  expect(read(database, `SELECT last FROM hub_counters WHERE name = 'event'`)).toEqual([
    { last: events.length },
  ]);
  expect(Object.fromEntries(heldByTables(database))).toEqual(Object.fromEntries(toldByLog(events)));
  return events.length;
}

/** What a hub answers to everybody who looks. */
async function documentsOf(hub: TestHub): Promise<string[]> {
  const { body } = await hub.call<{ servers: { server_id: string }[] }>('GET', '/servers?limit=200');
  const { body: list } = await hub.call<{ actions: { action_id: number }[] }>('GET', '/actions?limit=200');
  const paths = [
    ...['/servers?limit=200', '/actions?limit=200', '/actions?limit=200&offset=200', '/fleet/day'],
    ...body.servers.flatMap(({ server_id }) => [`/servers/${server_id}`, `/servers/${server_id}/services`]),
    ...list.actions.slice(0, 40).map(({ action_id }) => `/actions/${action_id}`),
  ];
  const answers: string[] = [];
  for (const path of paths) answers.push(`${path} ${(await hub.call('GET', path)).text}`);
  return answers;
}

test(`${ROUNDS} copies under writes are each the store at one event, and restore to an equal one`, {
  timeout: 180_000,
}, async () => {
  using folder = disposableFolder();
  using copies = disposableFolder();
  const files: string[] = [];
  const clock = new HeldClock();
  {
    await using hub = await startTestHub({ dataDir: folder.path, clock });
    await hub.addServer('attic');
    await using agent = await connectAgent(hub, 'nas');
    agent.obey();
    const stop = new AbortController();
    const work = [keepAsking(hub, stop.signal), keepReporting(agent, stop.signal)];
    const head = () => hub.rows<{ n: number }>('SELECT max(id) AS n FROM events')[0]?.n ?? 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = head();
      await expect.poll(head, { interval: 5, timeout: 30_000 }).toBeGreaterThan(before + EVENTS_A_ROUND);
      const { file } = await copyStore(join(folder.path, STORE_FILE), join(copies.path, `${round}.db`));
      files.push(file);
    }
    stop.abort();
    await Promise.all(work);
    await agent.settled();
  }
  using live = new DatabaseSync(join(folder.path, STORE_FILE), { readOnly: true });
  const allEvents = read(live, EVENTS);
  const moments = files.map((file) => proveMoment(file, allEvents));
  expect(new Set(moments).size).toBe(ROUNDS);

  for (const [index, file] of files.entries()) {
    using target = disposableFolder();
    const { facts, keptAs } = restoreStore(target.path, file);
    expect([facts.newestEvent, keptAs]).toEqual([moments[index], null]);
    expect(proveMoment(join(target.path, STORE_FILE), allEvents)).toBe(moments[index]);
  }
});

test('a hub on the restored store answers what a hub on the original answers', {
  timeout: 60_000,
}, async () => {
  using folder = disposableFolder();
  using other = disposableFolder();
  const clock = new HeldClock();
  {
    await using hub = await startTestHub({ dataDir: folder.path, clock });
    await hub.addServer('attic');
    await using agent = await connectAgent(hub, 'nas');
    agent.obey();
    agent.reports([failedReport('plex.service'), report('smbd.service')], true);
    await agent.settled();
    await hub.orderRestart('nas', 'plex');
    await agent.frame('result_ack', 2);
    await hub.restart('nas', 'smbd');
    await hub.orderRestart('attic', 'cron');
  }
  const { file } = await copyStore(join(folder.path, STORE_FILE), join(other.path, 'copy.db'));
  restoreStore(join(other.path, 'data'), file);
  const answersOf = async (dataDir: string) => {
    await using hub = await startTestHub({ dataDir, clock });
    return await documentsOf(hub);
  };
  const answers = await answersOf(folder.path);
  expect(answers.length).toBeGreaterThan(9);
  expect(await answersOf(join(other.path, 'data'))).toEqual(answers);
});
