import type { Action, Freeze, LiveEvent } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { connectAgent } from '../../test/agent-fixture.ts';
import { homelabcmd } from '../../test/command-fixture.ts';
import { disposableFolder, HeldClock, startTestHub, type TestHub } from '../../test/hub-fixture.ts';

const freeze = (hub: TestHub, on: boolean, reason?: string) =>
  hub.call<Freeze>('PUT', '/freeze', { on, ...(reason === undefined ? {} : { reason }) });
const frozenFacts = (hub: TestHub) =>
  hub
    .rows<{ actor: string; data_json: string }>(
      "SELECT actor, data_json FROM events WHERE type = 'freeze.changed' ORDER BY id",
    )
    .map(({ actor, data_json }) => {
      const { freeze: told } = JSON.parse(data_json) as Extract<
        LiveEvent,
        { type: 'freeze.changed' }
      >['data'];
      return [actor, told.on, told.reason];
    });

test('while frozen people ask and approve, and nothing is sent; lifted, it is sent at once', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  const { status, body } = await freeze(hub, true, 'a storm is coming');
  expect(status).toBe(200);
  expect(body).toMatchObject({ on: true, reason: 'a storm is coming', changed_by: 'dashboard' });
  const action = await hub.orderRestart('nas', 'plex');
  expect(action.status).toBe('approved');
  expect(action.steps.map((step) => step.detail.includes('The fleet is frozen'))).toEqual([true, true]);
  await agent.settled();
  expect(agent.framesOf('order')).toEqual([]);
  expect((await hub.action(action.action_id)).status).toBe('approved');

  expect((await freeze(hub, false)).body).toMatchObject({ on: false, reason: null });
  expect((await agent.frame('order')).order.order_id).toBe(action.order_id);
  expect(frozenFacts(hub)).toEqual([
    ['dashboard', true, 'a storm is coming'],
    ['dashboard', false, null],
  ]);
});

test('while frozen an approval expires as ever, and an agent that comes gets nothing', async () => {
  const clock = new HeldClock();
  await using hub = await startTestHub({ clock });
  await hub.addServer('nas');
  await freeze(hub, true);
  const action = await hub.orderRestart('nas', 'plex');
  await using agent = await connectAgent(hub, 'nas');
  await agent.settled();
  clock.advance(301_000);
  await freeze(hub, false);
  await agent.settled();
  expect(agent.framesOf('order')).toEqual([]);
  const late = await hub.call('POST', `/actions/${action.action_id}/cancel`);
  expect(late.body).toMatchObject({ code: 'action_moved_on', action_status: 'expired' });
});

test('an order that was sent and not answered is asked about, not sent again, while frozen', async () => {
  await using hub = await startTestHub();
  const first = await connectAgent(hub, 'nas');
  const action = await hub.orderRestart('nas', 'plex');
  await first.frame('order');
  first.socket.terminate();
  await freeze(hub, true);
  await using second = await connectAgent(hub, 'nas', { key: first.key });
  expect((await second.frame('query')).order_ids).toEqual([action.order_id]);
  expect(second.framesOf('order')).toEqual([]);
  second.result(action.order_id, { outcome: 'refused', code: 'never_started', exit_code: null });
  await second.frame('result_ack');
  expect((await hub.action(action.action_id)).status).toBe('refused');
});

test('the statement that lets an order out asks the row itself: a freeze behind the hub’s back holds at once', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  const { body } = await hub.restart('nas', 'plex');
  await hub.write('UPDATE fleet_freeze SET is_on = 1');
  await hub.call<Action>('POST', `/actions/${body.action_id}/approve`);
  await agent.settled();
  expect(agent.framesOf('order')).toEqual([]);
});

test('a freeze outlives the hub', async () => {
  using folder = disposableFolder();
  {
    await using hub = await startTestHub({ dataDir: folder.path });
    await freeze(hub, true, 'over night');
  }
  await using hub = await startTestHub({ dataDir: folder.path });
  expect((await hub.call<Freeze>('GET', '/freeze')).body).toMatchObject({ on: true, reason: 'over night' });
});

test('the command line freezes and unfreezes beside a running hub, which tells of it and sends what waits', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  const frozen = await homelabcmd(['freeze', '--reason', 'moving house', '--data-dir', hub.dataDir]);
  expect([frozen.code, frozen.out]).toEqual([0, expect.stringContaining('is frozen')]);
  const action = await hub.orderRestart('nas', 'plex');
  await expect.poll(() => frozenFacts(hub), { timeout: 5000 }).toHaveLength(1);
  await agent.settled();
  expect(agent.framesOf('order')).toEqual([]);
  expect(frozenFacts(hub)[0]).toEqual([expect.stringMatching(/^console:/), true, 'moving house']);

  expect((await homelabcmd(['unfreeze', '--data-dir', hub.dataDir])).code).toBe(0);
  expect((await agent.frame('order')).order.order_id).toBe(action.order_id);
  await expect.poll(() => frozenFacts(hub)).toHaveLength(2);
});

test('the command line works on a store without a hub, and the next hub tells of it', async () => {
  using folder = disposableFolder();
  {
    await using _hub = await startTestHub({ dataDir: folder.path });
  }
  expect((await homelabcmd(['freeze', '--data-dir', folder.path])).code).toBe(0);
  await using hub = await startTestHub({ dataDir: folder.path });
  await expect.poll(() => frozenFacts(hub)).toEqual([[expect.stringMatching(/^console:/), true, null]]);
  const long = await homelabcmd(['freeze', '--reason', 'x'.repeat(501), '--data-dir', folder.path]);
  expect([long.code, long.err]).toEqual([2, expect.stringContaining('500 characters')]);
});
