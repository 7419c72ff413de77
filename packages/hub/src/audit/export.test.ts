import { AuditEntry } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { lengthenChain, listAudit } from '../../test/audit/chain.ts';
import { API_KEY, startTestHub, type TestHub, whileAnsweringOthers } from '../../test/hub-fixture.ts';

const get = (hub: TestHub, query: string, init: RequestInit = {}) =>
  fetch(`${hub.url}/api/v1/audit/export?${query}`, { headers: { 'x-api-key': API_KEY }, ...init });

test('a file says what it is, and begins with the names of its columns', async () => {
  await using hub = await startTestHub();
  for (const [format, type] of [
    ['csv', 'text/csv; charset=utf-8'],
    ['json', 'application/json'],
  ]) {
    const { status, headers } = await get(hub, `format=${format}`);
    expect([status, headers.get('content-type')]).toEqual([200, type]);
    expect(headers.get('content-disposition')).toMatch(
      new RegExp(`^attachment; filename="homelabcmd-audit-\\d{4}-\\d\\d-\\d\\d\\.${format}"$`),
    );
  }
  expect(await (await get(hub, 'format=csv&actor=nobody')).text()).toBe(
    'entry,at,actor,verb,server_id,action_id,from_address,detail,intact,prev_hash,hash\r\n',
  );
  expect(await (await get(hub, 'format=json&actor=nobody')).json()).toEqual([]);
  for (const query of ['', 'format=xml', 'format=csv&since=x'])
    expect([query, (await get(hub, query)).status]).toEqual([query, 422]);
});

test('what people wrote stands in one cell, as text, and is no formula', async () => {
  await using hub = await startTestHub();
  await lengthenChain(hub, 1, () => ({ actor: '=cmd|/c calc!A0', detail: '{"reason":"a, \\"b\\""}' }));
  const lines = (await (await get(hub, 'format=csv')).text()).split('\r\n');
  expect(lines[1]).toMatch(
    /^2,2026-01-01T00:00:00\.000Z,'=cmd\|\/c calc!A0,key\.created,nas,,,"\{""reason"":""a, \\""b\\""""\}",yes,[0-9a-f]{64},[0-9a-f]{64}$/,
  );
});

test.each(['actor=kim', 'verb=key.*', 'server_id=nas&q=2', 'since=2026-01-02', 'action_id=1', ''])(
  'a file holds what the list under the same filters does: %s',
  async (query) => {
    await using hub = await startTestHub();
    await hub.addServer('nas');
    await hub.restart('nas', 'plex');
    await lengthenChain(hub, 30, (id) => ({ actor: id % 2 === 0 ? 'kim' : 'robin', detail: `{"n":${id}}` }));
    const { entries } = await listAudit(hub, `?limit=500&${query}`);
    expect(entries.length).toBeGreaterThan(0);
    const exported = (await (await get(hub, `format=json&${query}`)).json()) as unknown[];
    expect(exported).toEqual(entries);
    for (const entry of exported) AuditEntry.parse(entry);
    const rows = (await (await get(hub, `format=csv&${query}`)).text()).trimEnd().split('\r\n');
    expect(rows.slice(1).map((row) => Number(row.split(',')[0]))).toEqual(entries.map(({ entry }) => entry));
  },
);

test('a long chain is sent while the hub answers others, and a reader who goes away leaves no fault', async () => {
  await using hub = await startTestHub();
  await lengthenChain(hub, 8000, () => ({}));
  const stop = new AbortController();
  const left = await get(hub, 'format=json', { signal: stop.signal });
  await left.body?.getReader().read();
  stop.abort();
  const { result, statuses } = await whileAnsweringOthers(hub, async () =>
    (await get(hub, 'format=csv')).text(),
  );
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(result.trimEnd().split('\r\n')).toHaveLength(8002);
  expect(statuses.length).toBeGreaterThan(5);
  expect(hub.faults).toEqual([]);
});
