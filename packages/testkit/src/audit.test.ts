import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { createHash } from 'node:crypto';
import { Writable } from 'node:stream';
import { runCommand } from '@homelabcmd/hub/command';
import { api, isFinal } from '@homelabcmd/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Fleet, startFleet } from './index.ts';

let dataDir: string;
let fleet: Fleet;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'audit-'));
  const plex = { services: [{ unit: 'plex.service' }] };
  fleet = await startFleet(
    { idle: { services: [] }, media: { ...plex, allow: ['plex.service'] }, watched: plex },
    { HOMELABCMD_SETTLE_MS: '0', HOMELABCMD_DATA_DIR: dataDir },
  );
});
afterEach(async () => {
  await fleet[Symbol.asyncDispose]();
  rmSync(dataDir, { recursive: true });
});

/** Runs an order to its end. @returns the newest entry when it is over */
async function restart(server_id: string): Promise<number> {
  const { client } = fleet;
  const { action_id } = await client.call(api.restartService, {
    params: { server_id, service_name: 'plex' },
  });
  await client.call(api.approveAction, { params: { action_id } });
  await expect
    .poll(async () => isFinal((await client.call(api.getAction, { params: { action_id } })).status))
    .toBe(true);
  return (await client.call(api.listAudit, {})).entries[0]?.entry ?? 0;
}

/** `homelabcmd audit`, as somebody on the hub's machine calls it while the hub runs. */
async function audit(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const text = { out: '', err: '' };
  const into = (name: 'out' | 'err') =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        text[name] += chunk.toString();
        done();
      },
    });
  const environment = {
    HOMELABCMD_DATA_DIR: dataDir,
    HOMELABCMD_PORT: new URL(fleet.hub.url).port,
    HOMELABCMD_API_KEY: fleet.apiKey,
  };
  const code = await runCommand(['audit', ...words], { environment, out: into('out'), err: into('err') });
  return { code, ...text };
}

const field = (value: SQLOutputValue | undefined): string =>
  value === null ? '-,' : `${Buffer.byteLength(String(value))}:${String(value)},`;
const hashOf = (fields: (SQLOutputValue | undefined)[]): string =>
  createHash('sha256').update(fields.map(field).join('')).digest('hex');

/** What an attacker does who has the file and has read docs/audit.md: every hash is made anew, so that all of it fits. */
function rewrite(change: (row: Record<string, SQLOutputValue>) => void): void {
  using database = new DatabaseSync(join(dataDir, 'homelabcmd.db'));
  const saved = database
    .prepare(`SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'audit_entries'`)
    .all();
  for (const { name } of saved) database.exec(`DROP TRIGGER ${String(name)}`);
  const rows = database.prepare('SELECT * FROM audit_entries ORDER BY id').all();
  const chain = database.prepare('SELECT chain_id FROM audit_chain').get();
  let prev = hashOf(['homelabcmd-audit-genesis', 1, chain?.['chain_id']]);
  database.exec('DELETE FROM audit_entries');
  for (const row of rows) {
    change(row);
    row['prev_hash'] = prev;
    const { id, event_id, at, actor, verb, server_id, action_id, detail } = row;
    prev = hashOf(['homelabcmd-audit', 1, prev, id, event_id, at, actor, verb, server_id, action_id, detail]);
    row['hash'] = prev;
    const columns = Object.keys(row);
    database
      .prepare(`INSERT INTO audit_entries (${columns.join()}) VALUES (${columns.map(() => '?').join()})`)
      .run(...Object.values(row));
  }
  for (const { sql } of saved) database.exec(String(sql));
}

test('agents confirm the chain, each server that says nothing is named, and a kept head is found again', async () => {
  await restart('media');
  await restart('watched');
  const head = await audit('head');
  expect(head).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+:[0-9a-f]{64}\n$/) });
  await fleet.servers.get('watched')?.stopAgent();
  await expect.poll(async () => (await audit('verify', '--against-agents')).out).toContain('not connected');
  const { code, out } = await audit('verify', '--against-agents', '--head', head.out.trim());
  expect(out.split('\n')).toEqual([
    expect.stringMatching(/^The chain is whole: \d+ entries\. Its head is \d+:[0-9a-f]{64}$/),
    expect.stringMatching(/^It holds the head that you kept, entry \d+\.$/),
    'idle  holds nothing: it has had no order, or lost its journal.',
    expect.stringMatching(/^media {2}agrees: 1 heads, up to entry \d+\.$/),
    'watched  was not compared: its agent is not connected.',
    '1 of 3 servers hold heads, and all of those agree.',
    '',
  ]);
  expect(code).toBe(0);
});

test('a chain that was rewritten so that it fits itself is found by what an agent holds, also after its restart', async () => {
  const newest = await restart('media');
  await restart('watched');
  const kept = (await audit('head')).out.trim();
  const { heads: [shown] = [] } =
    (await fleet.client.call(api.listWitnesses, {})).witnesses.find((one) => one.server_id === 'media') ?? {};
  expect(shown?.entry).toBeLessThan(newest);
  rewrite((row) => {
    if (row['verb'] === 'action.approved') row['actor'] = 'somebody else';
  });
  expect(await audit('verify')).toMatchObject({ code: 0, out: expect.stringContaining('whole') });

  const server = fleet.servers.get('media');
  await server?.stopAgent();
  await server?.startAgent();
  await expect
    .poll(async () => (await audit('verify', '--against-agents')).out)
    .not.toContain('not connected');
  const { code, out } = await audit('verify', '--against-agents');
  expect(code).toBe(1);
  const stored =
    /^media {2}was shown entry (\d+) with the hash ([0-9a-f]{64}), but the store has ([0-9a-f]{64}) there: the chain was rewritten\./m.exec(
      out,
    );
  expect(stored?.slice(1, 3)).toEqual([String(shown?.entry), shown?.hash]);
  expect(stored?.[3]).not.toBe(shown?.hash);
  expect(out).toContain('2 of 3 servers were shown another chain than this store has.');
  expect(await audit('verify', '--head', kept)).toMatchObject({
    code: 1,
    out: expect.stringContaining('You kept what was shown entry'),
  });
});

test('entries that were cut off at the end are found by what an agent holds, and by a head that was kept', async () => {
  await restart('media');
  const kept = (await audit('head')).out.trim();
  {
    using database = new DatabaseSync(join(dataDir, 'homelabcmd.db'));
    database.exec('DROP TRIGGER audit_entries_are_kept');
    database.exec(
      `DELETE FROM audit_entries WHERE verb IN ('action.dispatched', 'action.executing', 'action.completed')`,
    );
  }
  expect((await audit('verify')).code).toBe(0);
  for (const words of [['--against-agents'], ['--head', kept]]) {
    const { code, out } = await audit('verify', ...words);
    expect([code, out]).toEqual([
      1,
      expect.stringMatching(/but the store ends at entry \d+: what came after is gone/),
    ]);
  }
});

test('the key may lie in a file, and one that the hub does not know is refused with its words', async () => {
  const file = join(dataDir, 'key');
  writeFileSync(file, `${fleet.apiKey}\n`);
  expect((await audit('verify', '--against-agents', '--key-file', file)).code).toBe(0);
  writeFileSync(file, 'hlck_wrong');
  const wrong = await audit('verify', '--against-agents', '--key-file', file);
  expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('did not say what its agents hold')]);
});
