import type { Action, ActionStatus } from '@homelabcmd/protocol';
import { beforeAll, expect, test } from 'vitest';
import { startTestHub, type TestHub } from '../../test/hub-fixture.ts';

interface List {
  readonly actions: Action[];
  readonly total: number;
  readonly counts: Partial<Record<ActionStatus, number>>;
}

let hub: TestHub;

/** #1 nas Plex rejected by anna, #2 nas sonarr pending, #3 attic CAFÉ pending, #4 attic «100% a_b» cancelled. */
beforeAll(async () => {
  hub = await startTestHub();
  await hub.addServer('nas');
  await hub.addServer('attic');
  const { body } = await hub.call<{ secret: string }>('POST', '/keys', {
    name: 'Anna',
    scopes: ['read', 'request', 'approve'],
  });
  await hub.restart('nas', 'Plex');
  await hub.call('POST', '/actions/1/reject', { reason: 'sonarr' }, { 'x-api-key': body.secret });
  await hub.restart('nas', 'sonarr');
  await hub.restart('attic', 'CAFÉ');
  await hub.restart('attic', '100% a_b');
  await hub.call('POST', '/actions/4/cancel');
  return () => hub[Symbol.asyncDispose]();
});

const list = async (query: string) => (await hub.call<List>('GET', `/actions?${query}`)).body;

test.each([
  ['plex', [1]],
  ['PLEX', [1]],
  ['lex', [1]],
  ['  plex  ', [1]],
  ['anna', [1]],
  ['dashboard', [4, 3, 2, 1]],
  // Not in reasons: they are prose.
  ['sonarr', [2]],
  ['attic', [4, 3]],
  ['CAFÉ', [3]],
  ['café', [3]],
  ['%', [4]],
  ['_', [4]],
  ['a_b', [4]],
  ['aXb', []],
  ["' OR 1=1 --", []],
  ['', [4, 3, 2, 1]],
  ['   ', [4, 3, 2, 1]],
])('q=%s finds, newest first: %j', async (q, ids) => {
  const { actions, total } = await list(`q=${encodeURIComponent(q)}`);
  expect(actions.map((action) => action.action_id)).toEqual(ids);
  expect(total).toBe(ids.length);
});

test('a text of more than 100 characters is 422', async () => {
  expect((await hub.call('GET', `/actions?q=${'a'.repeat(101)}`)).status).toBe(422);
});

test('counts are of every status under the same filters, whatever status is listed', async () => {
  const all = { rejected: 1, pending: 2, cancelled: 1 };
  expect((await list('')).counts).toEqual(all);
  const pending = await list('status=pending');
  expect([pending.counts, pending.total]).toEqual([all, 2]);
  expect((await list('status=failed')).counts).toEqual(all);
  expect((await list('status=failed')).total).toBe(0);
  expect((await list('server_id=attic')).counts).toEqual({ pending: 1, cancelled: 1 });
  expect((await list('q=sonarr&status=rejected')).counts).toEqual({ pending: 1 });
  expect((await list('q=nothing')).counts).toEqual({});
  const page = await list('limit=1&offset=1');
  expect([page.counts, page.total, page.actions.length]).toEqual([all, 4, 1]);
  const ofServer = await hub.call<List>('GET', '/servers/nas/actions?q=dash&status=pending');
  expect([ofServer.body.counts, ofServer.body.total]).toEqual([{ rejected: 1, pending: 1 }, 1]);
});
