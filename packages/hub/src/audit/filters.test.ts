import { expect, test } from 'vitest';
import { lengthenChain, listAudit } from '../../test/audit/chain.ts';
import { startTestHub, type TestHub } from '../../test/hub-fixture.ts';

/** The numbers of the entries that are found, page by page. */
async function found(hub: TestHub, query: string): Promise<number[]> {
  const all: number[] = [];
  for (let cursor: number | null = Number.MAX_SAFE_INTEGER; cursor !== null; ) {
    const page = await listAudit(hub, `?limit=2&cursor=${cursor}&${query}`);
    all.push(...page.entries.map(({ entry }) => entry));
    cursor = page.next_cursor;
  }
  return all;
}

const VERBS = ['key.created', 'key.revoked', 'maintenance.begun', 'action.approved', 'keyring.opened'];

test.each([
  ['verb=key.revoked', [8, 3]],
  ['verb=key.*', [8, 7, 3, 2, 1]],
  ['verb=key.revoked,maintenance.*', [9, 8, 4, 3]],
  ['verb=nothing.*', []],
  ['verb=%25', []],
  ['actor=robin', [11, 9, 7, 5, 3]],
  ['actor=robin&verb=key.*', [7, 3]],
  ['server_id=attic&verb=action.*', [10]],
  ['q=ROBIN&verb=key.*', [7, 3]],
  ['q=disk%205', [5]],
  ['q=%25', []],
  ['q=ÄRGER', [8]],
  ['q=attic&actor=kim', [10, 6]],
])('entries are found by who, what, where and text, together and in pages: %s', async (query, ids) => {
  await using hub = await startTestHub();
  await lengthenChain(hub, 10, (id) => ({
    actor: id % 2 === 0 ? 'kim' : 'robin',
    verb: VERBS[(id - 2) % 5] ?? '',
    server_id: [6, 10, 11].includes(id) ? 'attic' : 'nas',
    detail: JSON.stringify({ reason: id === 8 ? 'Ärger' : `disk ${id}` }),
  }));
  // The first entry is of the hub's own key, which a search for words finds by its verb alone.
  expect((await found(hub, query)).filter((id) => id > 1 || ids.includes(1))).toEqual(ids);
});

test('a span of time begins with its first moment and ends before its last; a day is one of UTC', async () => {
  await using hub = await startTestHub();
  await lengthenChain(hub, 2, () => ({}));
  const at = '2026-01-01T00:00:00.000Z';
  expect(await found(hub, `since=${at}&until=2026-01-01T00:00:00.001Z`)).toEqual([3, 2]);
  expect(await found(hub, `since=2026-01-01&until=2026-01-02`)).toEqual([3, 2]);
  expect(await found(hub, `until=${at}`)).toEqual([]);
  expect(await found(hub, 'since=2026-01-02')).toEqual([1]);
  for (const wrong of ['since=yesterday', 'until=2026-13-01', 'since=2026-01-01T00:00:00%2B01:00'])
    expect([wrong, (await hub.call('GET', `/audit?${wrong}`)).status]).toEqual([wrong, 422]);
});

test('what is new since an entry is asked for by its number', async () => {
  await using hub = await startTestHub();
  await lengthenChain(hub, 5, (id) => ({ actor: id % 2 === 0 ? 'kim' : 'robin' }));
  const since = async (query: string) =>
    (await listAudit(hub, `?${query}`)).entries.map(({ entry }) => entry);
  expect(await since('after=3')).toEqual([6, 5, 4]);
  expect(await since('after=3&actor=kim')).toEqual([6, 4]);
  expect(await since('after=6')).toEqual([]);
  expect(await listAudit(hub, '?after=3&limit=2')).toMatchObject({ next_cursor: 5 });
});

test('a search through a long chain finds what is far down, while the hub answers others', async () => {
  await using hub = await startTestHub();
  await lengthenChain(hub, 9000, (id) => ({ detail: id === 77 ? '{"reason":"the needle"}' : '{}' }));
  let isDone = false;
  const searching = listAudit(hub, '?q=needle').finally(() => {
    isDone = true;
  });
  let turns = 0;
  while (!isDone) {
    turns += 1;
    await new Promise((resume) => setImmediate(resume));
  }
  expect((await searching).entries.map(({ entry }) => entry)).toEqual([77]);
  // Five slices: were the loop held, nothing of this test would run in between.
  expect(turns).toBeGreaterThan(5);
});
