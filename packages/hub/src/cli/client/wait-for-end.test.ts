import type { Action } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { connectAgent } from '../../../test/agent-fixture.ts';
import { API_KEY, startTestHub } from '../../../test/hub-fixture.ts';
import { waitForEnd } from './wait-for-end.ts';

test('what happened between the answer and the stream is not missed, however much it was', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  agent.obey();
  const { body: asked } = await hub.restart('nas', 'plex');
  await hub.call('POST', `/actions/${asked.action_id}/approve`);
  await expect.poll(async () => (await hub.action(asked.action_id)).status).toBe('completed');
  const told: string[] = [];
  const tell = ({ status }: Action) => void told.push(status);
  const asks = { url: hub.url, key: API_KEY };
  // It was asked for before all that, and is followed only now.
  expect((await waitForEnd(asks, asked, null, tell)).status).toBe('completed');
  expect(told).toEqual(['approved', 'dispatched', 'executing', 'completed']);

  // The events are gone by now: it is looked at as it is.
  const [newest] = hub.rows<{ id: number }>('SELECT max(id) AS id FROM events');
  await hub.write(`UPDATE hub_counters SET last = ${Number(newest?.id)} WHERE name = 'pruned'`);
  told.length = 0;
  expect((await waitForEnd(asks, asked, null, tell)).status).toBe('completed');
  expect(told).toEqual(['completed']);
});

test('an action whose outcome is unknown is waited for no longer', async () => {
  await using hub = await startTestHub({ timing: { dispatchedLeaseMs: 100 } });
  await using _agent = await connectAgent(hub, 'nas');
  const { body: asked } = await hub.restart('nas', 'plex');
  const waiting = waitForEnd({ url: hub.url, key: API_KEY }, asked, null, () => {});
  await hub.call('POST', `/actions/${asked.action_id}/approve`);
  expect((await waiting).status).toBe('unknown');
});
