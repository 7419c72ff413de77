import { expect, test } from 'vitest';
import { letEntriesBeEdited, lengthenChain, listAudit } from '../../test/audit/chain.ts';
import { API_KEY, startTestHub } from '../../test/hub-fixture.ts';
import { isOnPostgres } from '../../test/postgres/databases.ts';

test.each(['{"reason":', '', '[1]', '"text"', 'null', '7', '<b>not JSON</b>'])(
  'an entry whose detail was edited to no JSON object is shown with its text, and does not hold: %j',
  async (text) => {
    await using hub = await startTestHub();
    await lengthenChain(hub, 2, () => ({}));
    await letEntriesBeEdited(hub);
    await hub.write('UPDATE audit_entries SET detail = ? WHERE id = 2', text);
    const { entries } = await listAudit(hub);
    expect(entries).toMatchObject([
      { entry: 3, intact: true, detail_text: null },
      { entry: 2, intact: false, detail: {}, detail_text: text, from_address: null },
      { entry: 1, intact: true },
    ]);
    const file = await fetch(`${hub.url}/api/v1/audit/export?format=json`, {
      headers: { 'x-api-key': API_KEY },
    });
    expect(await file.json()).toEqual(entries);
    expect(hub.faults).toEqual([]);
  },
);

test.each([
  ['at', 'yesterday', { at: 'yesterday' }],
  ['actor', '', { actor: '' }],
  ['verb', '<script>', { verb: '<script>' }],
  ['prev_hash', 'x', { prev_hash: 'x' }],
  ['hash', 'x', { hash: 'x' }],
  ['action_id', 4711, { action_id: 4711 }],
  ['encoding', 9, {}],
  ['detail', '{"from_address":["10.0.0.1"]}', { from_address: null }],
])('an entry whose %s was edited is shown as it stands, and does not hold', async (column, value, shown) => {
  await using hub = await startTestHub();
  await lengthenChain(hub, 1, () => ({}));
  await letEntriesBeEdited(hub);
  await hub.write(`UPDATE audit_entries SET ${column} = ? WHERE id = 2`, value);
  const { entries } = await listAudit(hub);
  expect(entries).toMatchObject([{ entry: 2, intact: false, ...shown }, { intact: true }]);
  expect(hub.faults).toEqual([]);
});

test('SQLite keeps values of any kind, and every one of them is shown', async (context) => {
  if (isOnPostgres()) return context.skip('a column of PostgreSQL takes one kind of value');
  for (const [column, value] of [
    ['detail', "x'fffe00'"],
    ['at', "x'00'"],
    ['action_id', '0.5'],
    ['action_id', "'none'"],
    ['actor', "x'41'"],
  ]) {
    await using hub = await startTestHub();
    await letEntriesBeEdited(hub);
    await hub.write(`UPDATE audit_entries SET ${column} = ${value} WHERE id = 1`);
    const answer = await hub.call('GET', '/audit');
    expect([column, value, answer.status]).toEqual([column, value, 200]);
    expect((await listAudit(hub)).entries).toMatchObject([{ entry: 1, intact: false }]);
  }
});
