import { Action } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { API_KEY, startTestHub, type TestHub, whileAnsweringOthers } from '../../test/hub-fixture.ts';

const get = (hub: TestHub, query: string, init: RequestInit = {}) =>
  fetch(`${hub.url}/api/v1/actions/export?${query}`, { headers: { 'x-api-key': API_KEY }, ...init });

/** Reads CSV as RFC 4180 has it: quotes, doubled quotes, line breaks within quotes. */
function rowsOf(csv: string): Record<string, string>[] {
  const lines: string[][] = [[]];
  const cell = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n|$)/gy;
  for (let match = cell.exec(csv); match !== null && match.index < csv.length; match = cell.exec(csv)) {
    const [, text = '', end] = match;
    lines.at(-1)?.push(text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text);
    if (end === '\r\n') lines.push([]);
  }
  const [head = [], ...rows] = lines.filter((line) => line.length > 0);
  for (const row of rows) expect(row).toHaveLength(head.length);
  return rows.map((row) => Object.fromEntries(head.map((name, n) => [name, row[n] ?? ''])));
}

/** An action that was rejected for this reason. */
async function reject(hub: TestHub, serviceName: string, reason: string): Promise<void> {
  const { body } = await hub.restart('nas', serviceName);
  const answer = await hub.call('POST', `/actions/${body.action_id}/reject`, { reason });
  expect(answer.status).toBe(200);
}

const csvOf = async (hub: TestHub, query = '') => rowsOf(await (await get(hub, `format=csv${query}`)).text());

test.each([
  ['a formula', '=cmd|/c calc!A0', "'=cmd|/c calc!A0"],
  ['a sum', '+1+1', "'+1+1"],
  ['a minus', '-2+3', "'-2+3"],
  ['an at sign', '@SUM(A1)', "'@SUM(A1)"],
  ['a formula in wide letters', '＝1+1', "'＝1+1"],
  ['commas and quotes', 'she said "no", twice', 'she said "no", twice'],
  ['line breaks', 'one\r\ntwo\nthree', 'one\r\ntwo\nthree'],
  ['other scripts', 'näin ei käy 😀 日本', 'näin ei käy 😀 日本'],
  ['an equals sign inside', 'a=b', 'a=b'],
])('a reason of people stands in one cell, as text: %s', async (_what, reason, cell) => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  await reject(hub, 'plex', reason);
  expect(await csvOf(hub)).toMatchObject([{ action_id: '1', status: 'rejected', reason: cell }]);
});

test.each(['=cmd', '\t=cmd', '\n=cmd', '\r=cmd', '-x', '@x', '"', ',', '\u202Ecod.exe'])(
  'a name of a service stands in one cell, as text: %j',
  async (name) => {
    await using hub = await startTestHub();
    await hub.addServer('nas');
    expect((await hub.restart('nas', name)).status).toBe(201);
    const [row] = await csvOf(hub);
    expect(row?.service_name?.replace(/^'/, '')).toBe(name);
    expect(row?.service_name).not.toMatch(/^[=+\-@\t\r\n]/);
  },
);

test('a file says what it is, is not kept by anyone on the way, and begins with the names of its columns', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  for (const [format, type] of [
    ['csv', 'text/csv; charset=utf-8'],
    ['json', 'application/json'],
  ]) {
    const { status, headers } = await get(hub, `format=${format}`);
    expect([status, headers.get('content-type')]).toEqual([200, type]);
    expect(headers.get('content-disposition')).toMatch(
      new RegExp(`^attachment; filename="homelabcmd-actions-\\d{4}-\\d\\d-\\d\\d\\.${format}"$`),
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  }
  const text = await (await get(hub, 'format=csv')).text();
  expect(text).toMatch(/^action_id,action_type,server_id,[a-z_,]+,order_id\r\n$/);
  expect(await (await get(hub, 'format=json')).json()).toEqual([]);
  for (const query of ['', 'format=xml', 'format=csv&status=gone'])
    expect([query, (await get(hub, query)).status]).toEqual([query, 422]);
});

test('JSON holds the actions as the list does', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  await reject(hub, 'plex', 'no');
  await hub.orderRestart('nas', 'sonarr');
  const exported = (await (await get(hub, 'format=json')).json()) as unknown[];
  expect(exported).toEqual([await hub.action(2), await hub.action(1)]);
  for (const action of exported) Action.parse(action);
});

test.each([
  'status=pending',
  'status=pending,rejected',
  'server_id=nas',
  'server_id=nobody',
  'service_name=plex',
  'q=SON',
  'q=dashboard&status=pending',
  'q=100%25',
  'q=_',
])('a file holds what the list under the same filters does: %s', async (query) => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  await hub.addServer('attic');
  await reject(hub, 'plex', 'no');
  for (const [server, name] of [
    ['nas', 'sonarr'],
    ['attic', 'plex'],
    ['attic', '100% off'],
  ] as const)
    await hub.restart(server, name);
  const list = await hub.call<{ actions: Action[] }>('GET', `/actions?${query}`);
  expect(await (await get(hub, `format=json&${query}`)).json()).toEqual(list.body.actions);
  const ids = (await csvOf(hub, `&${query}`)).map((row) => Number(row.action_id));
  expect(ids).toEqual(list.body.actions.map((action) => action.action_id));
});

/** Actions, put into the store directly: asking for each would take minutes. */
const fill = (hub: TestHub, count: number): Promise<void> =>
  hub.write(`WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < ${count})
      INSERT INTO actions (action_id, order_id, kind, server_id, service_name, target, command, verb, status, version,
        revision, digest, also_restarts_json, created_at, created_by, settle_ms)
      SELECT id, '01890a5d-ac96-774b-bcce-' || CAST(100000000000 + id AS TEXT), 'restart_service', 'nas', 's' || id, 'systemd:s' || id || '.service',
        'systemctl restart x', 'restart', 'pending', 1, 1, 'd', '[]', '2026-01-01T00:00:00.000Z', 'dashboard', 10000 FROM n;
    INSERT INTO action_steps (action_id, n, step, at, actor, detail)
      SELECT action_id, 1, 'pending', created_at, 'dashboard', '' FROM actions`);

test('20,000 actions are sent while the hub goes on answering others', { timeout: 60_000 }, async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  await fill(hub, 20_000);
  const { result, statuses } = await whileAnsweringOthers(hub, async () =>
    (await get(hub, 'format=csv')).text(),
  );
  expect(new Set(statuses)).toEqual(new Set([200]));
  const lines = result.trimEnd().split('\r\n');
  expect(lines).toHaveLength(20_001);
  expect(lines[1]).toMatch(/^20000,/);
  expect(lines.at(-1)).toMatch(/^1,/);
  // Were the loop held, the others would be answered when all is over.
  expect(statuses.length).toBeGreaterThan(20);
});

test('a reader who goes away in the middle leaves nothing running, and no fault', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  await fill(hub, 3000);
  for (let n = 0; n < 3; n += 1) {
    const stop = new AbortController();
    const response = await get(hub, 'format=json', { signal: stop.signal });
    await response.body?.getReader().read();
    stop.abort();
  }
  const head = await get(hub, 'format=csv', { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
  expect((await hub.call('GET', '/actions')).status).toBe(200);
  expect(hub.faults).toEqual([]);
});
