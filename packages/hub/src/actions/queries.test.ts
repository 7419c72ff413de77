import type { Action } from '@homelabcmd/protocol';
import { beforeAll, expect, test } from 'vitest';
import { startTestHub, type TestHub } from '../../test/hub-fixture.ts';

interface List {
  actions: Action[];
  total: number;
  limit: number;
  offset: number;
}

let hub: TestHub;

/** Five actions: #1 nas plex cancelled, #2 nas plex pending, #3 nas sonarr rejected, #4 attic plex approved, #5 attic we;rd. */
beforeAll(async () => {
  hub = await startTestHub();
  await hub.addServer('nas');
  await hub.addServer('attic');
  await hub.restart('nas', 'plex');
  await hub.call('POST', '/actions/1/cancel');
  await hub.restart('nas', 'plex');
  await hub.restart('nas', 'sonarr');
  await hub.call('POST', '/actions/3/reject', { reason: 'no' });
  await hub.orderRestart('attic', 'plex');
  await hub.restart('attic', 'we;rd 100%');
  return () => hub[Symbol.asyncDispose]();
});

test.each([
  ['/actions', [5, 4, 3, 2, 1]],
  ['/actions?status=pending', [5, 2]],
  ['/actions?status=pending,approved', [5, 4, 2]],
  ['/actions?server_id=nas', [3, 2, 1]],
  ['/actions?server_id=nobody', []],
  ['/actions?service_name=plex', [4, 2, 1]],
  ['/actions?service_name=plex&server_id=nas&status=cancelled', [1]],
  [`/actions?service_name=${encodeURIComponent('we;rd 100%')}`, [5]],
  ['/servers/attic/actions', [5, 4]],
  ['/servers/nas/actions?status=rejected', [3]],
])('%s lists, newest first: %j', async (path, ids) => {
  const { status, body } = await hub.call<List>('GET', path);
  expect(status).toBe(200);
  expect(body.actions.map((action) => action.action_id)).toEqual(ids);
  expect(body).toMatchObject({ total: ids.length, limit: 100, offset: 0 });
});

test('a list is cut into pages by `limit` and `offset`; `total` is the whole', async () => {
  const page = async (limit: number, offset: number) =>
    (await hub.call<List>('GET', `/actions?limit=${limit}&offset=${offset}`)).body;
  const pages = [await page(2, 0), await page(2, 2), await page(2, 4), await page(2, 6)];
  expect(pages.map((one) => one.actions.map((action) => action.action_id))).toEqual([
    [5, 4],
    [3, 2],
    [1],
    [],
  ]);
  for (const one of pages) expect([one.total, one.limit]).toEqual([5, 2]);
  expect(pages[1]?.offset).toBe(2);
});

test('an action in a list is the same as by itself, with its time line', async () => {
  const { body } = await hub.call<List>('GET', '/actions');
  for (const action of body.actions) expect(action).toEqual(await hub.action(action.action_id));
  expect(body.actions.at(-1)?.steps.map((step) => step.step)).toEqual(['pending', 'cancelled']);
});

test.each([
  '/actions?status=running',
  '/actions?status=',
  '/actions?limit=0',
  '/actions?limit=501',
  '/actions?limit=ten',
  '/actions?offset=-1',
  '/actions?offset=1.5',
  '/actions/0',
  '/actions/-1',
  '/actions/one',
  '/actions/1.5',
  '/actions/9007199254740993',
])('%s is 422 with each value that is wrong', async (path) => {
  const { status, body } = await hub.call('GET', path);
  expect([status, body.code]).toEqual([422, 'invalid']);
  expect(body.errors).not.toEqual([]);
  expect(body.errors?.[0]?.path).toMatch(/^(query|path)\.\w+/);
});

test('the actions of a server that is not there are 404', async () => {
  expect((await hub.call('GET', '/servers/nobody/actions')).body.detail).toBe('Server not found');
});
