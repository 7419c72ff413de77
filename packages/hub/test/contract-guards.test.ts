import { connect, type Socket } from 'node:net';
import type { Problem } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { connectAgent } from './agent-fixture.ts';
import { API_KEY, HeldClock, startTestHub, type TestHub } from './hub-fixture.ts';

test('429: too many restarts **ran** (a guard), with `Retry-After`; 409 comes first', async () => {
  const clock = new HeldClock();
  await using hub = await startTestHub({ clock });
  await using agent = await connectAgent(hub, 'nas');
  agent.obey();
  for (let ran = 0; ran < 20; ran += 1) {
    const action = await hub.orderRestart('nas', 'plex');
    await agent.frame('result_ack', ran + 1);
    expect((await hub.action(action.action_id)).status).toBe('completed');
    clock.advance(60_000);
  }
  const refused = await hub.restart<Problem>('nas', 'plex.service');
  expect(refused.status).toBe(429);
  // The first of the twenty ran twenty minutes ago.
  expect(refused.headers.get('retry-after')).toBe('2400');
  expect(refused.body).toMatchObject({ code: 'too_many', retry_after_seconds: 2400 });
  expect((await hub.restart('nas', 'sonarr')).status).toBe(201);

  clock.advance(2_400_000);
  const open = await hub.restart('nas', 'plex');
  expect(open.status).toBe(201);
  // Requests that are open or never ran do not count; but while one is open it is named, also at the limit.
  const now = new Date(clock.nowMs()).toISOString();
  await hub.write("UPDATE actions SET started_at = ? WHERE status = 'completed'", now);
  const second = await hub.restart<Problem>('nas', 'plex');
  expect(second.status).toBe(409);
  expect(second.body.existing_action_id).toBe(open.body.action_id);
});

test('429: a restart counts as run also when all that came of it was the result, late', async () => {
  await using hub = await startTestHub({ timing: { dispatchedLeaseMs: 1 } });
  await using agent = await connectAgent(hub, 'nas');
  const action = await hub.orderRestart('nas', 'plex');
  const { order } = await agent.frame('order');
  await expect.poll(async () => (await hub.action(action.action_id)).status).toBe('unknown');
  agent.result(order.order_id, { outcome: 'failed', code: 'exit-code' });
  await agent.frame('result_ack');
  expect(await hub.action(action.action_id)).toMatchObject({
    status: 'failed',
    budget: { ran_last_hour: 1 },
  });
});

test('requests that were refused, rejected or cancelled do not count as run', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  agent.onFrame = (frame) => {
    if (frame.type === 'order')
      agent.result(frame.order.order_id, { outcome: 'refused', code: 'not_allowed' });
  };
  for (let n = 1; n <= 3; n += 1) {
    await hub.orderRestart('nas', 'plex');
    await agent.frame('result_ack', n);
    const { body } = await hub.restart('nas', 'plex');
    await hub.call('POST', `/actions/${body.action_id}/cancel`);
  }
  expect((await hub.restart('nas', 'plex')).body.budget).toEqual({ ran_last_hour: 0, warn_at: 3, limit: 20 });
});

test('429: one key sends more than 200 requests at once; those under way are answered', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const held = await Promise.all(Array.from({ length: 200 }, () => holdRequest(hub)));
  // Each has been let in once it is told to go on with its body.
  for (const { answer } of held) await expect.poll(answer).toContain('100 Continue');
  const refused = await hub.restart<Problem>('nas', 'plex');
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe('1');

  for (const { socket } of held) socket.write('{}');
  const answers = await Promise.all(
    held.map(async ({ answer }) => {
      await expect.poll(answer).toMatch(/HTTP\/1\.1 (201|409)/);
      return /HTTP\/1\.1 (201|409)/.exec(answer())?.[1];
    }),
  );
  expect(answers.filter((status) => status === '201')).toHaveLength(1);
  for (const { socket } of held) socket.destroy();
  await expect.poll(async () => (await hub.restart('nas', 'sonarr')).status).not.toBe(429);
});

test('requests that their sender gave up no longer count', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  for (let round = 0; round < 3; round += 1) {
    const held = await Promise.all(Array.from({ length: 100 }, () => holdRequest(hub)));
    for (const { answer } of held) await expect.poll(answer).toContain('100 Continue');
    for (const { socket } of held) socket.destroy();
  }
  await expect.poll(async () => (await hub.restart('nas', 'plex')).status).toBe(201);
});

/** A request whose body is still to come. */
async function holdRequest(hub: TestHub): Promise<{ socket: Socket; answer: () => string }> {
  const { port, hostname } = new URL(hub.url);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  socket.write(
    [
      'POST /api/v1/servers/nas/services/plex/restart HTTP/1.1',
      'Host: hub',
      `X-API-Key: ${API_KEY}`,
      'Content-Type: application/json',
      'Content-Length: 2',
      'Expect: 100-continue',
      '\r\n',
    ].join('\r\n'),
  );
  return { socket, answer: () => text };
}
