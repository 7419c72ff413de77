import type { Action, EffectivePolicy, Policy, Problem } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { type ConnectedAgent, connectAgent, failedReport, report } from '../../test/agent-fixture.ts';
import { disposableFolder, HeldClock, startTestHub, type TestHub } from '../../test/hub-fixture.ts';
import { autoPolicy, callerOf, putPolicy } from '../../test/policy-fixture.ts';

const NOT_ALONE = { server_id: 'nas', mode: 'two_person' };

async function failedPlex(hub: TestHub): Promise<ConnectedAgent> {
  const agent = await connectAgent(hub, 'nas');
  agent.reports([failedReport('plex.service'), report('web.service')]);
  await agent.settled();
  return agent;
}

const stepsOf = async (hub: TestHub, id: number) => (await hub.action(id)).steps.map((step) => step.step);

test('a policy is made, read, listed, changed and removed, and each is audited', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const made = await putPolicy(hub, 'nightly', autoPolicy({ service_name: 'plex', remediate: true }));
  expect(made.status).toBe(200);
  expect(made.body).toMatchObject({
    name: 'nightly',
    target: 'systemd:plex.service',
    mode: 'auto',
    changed_by: 'dashboard',
    expired: false,
    wait_ms: 30_000,
    paused: null,
  });
  expect((await hub.call<Policy>('GET', '/policies/nightly')).body).toEqual(made.body);
  const listed = await hub.call<{ policies: Policy[]; total: number }>('GET', '/policies');
  expect(listed.body).toMatchObject({ policies: [made.body], total: 1 });
  expect((await putPolicy(hub, 'nightly', { ...NOT_ALONE })).body.mode).toBe('two_person');
  expect((await hub.call('DELETE', '/policies/nightly')).status).toBe(204);
  expect((await hub.call('DELETE', '/policies/nightly')).status).toBe(404);
  await expect
    .poll(() => hub.rows("SELECT verb FROM audit_entries WHERE verb LIKE 'policy.%' ORDER BY id"))
    .toEqual([{ verb: 'policy.changed' }, { verb: 'policy.changed' }, { verb: 'policy.removed' }]);
});

test.each([
  ['auto without an end', { expires_at: null }, /needs an end/],
  ['an end that has passed', { expires_at: '2020-01-01T00:00:00.000Z' }, /passed already/],
  [
    'an end after 400 days',
    { expires_at: new Date(Date.now() + 401 * 86_400_000).toISOString() },
    /400 days/,
  ],
  ['auto for the whole fleet', { server_id: null }, /one server or one service/],
  ['a service without its server', { server_id: null, service_name: 'plex', mode: 'manual' }, /which server/],
  [
    'a zone that there is not',
    { hours: { from: '01:00', to: '02:00', time_zone: 'Mars/Olympus' } },
    /time zone/,
  ],
  [
    'hours without any length',
    { hours: { from: '01:00', to: '01:00', time_zone: 'UTC' } },
    /different times/,
  ],
  ['two people in shadow', { mode: 'two_person', expires_at: null, shadow: true }, /in shadow/],
  ['two people until some day', { mode: 'two_person' }, /no end/],
])('a policy is refused with what is wrong: %s', async (_what, change, words) => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const { status, body, text } = await putPolicy<Problem>(hub, 'odd', autoPolicy(change));
  expect([status, body.code]).toEqual([422, 'invalid']);
  expect(text).toMatch(words);
});

test('for each scope there is one real policy, and one in shadow', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  expect((await putPolicy(hub, 'one', autoPolicy())).status).toBe(200);
  const second = await putPolicy<Problem>(hub, 'two', NOT_ALONE);
  expect([second.status, second.body.code]).toEqual([409, 'already_exists']);
  expect((await putPolicy(hub, 'tried-out', autoPolicy({ shadow: true }))).status).toBe(200);
  expect((await putPolicy(hub, 'nowhere', autoPolicy({ server_id: 'gone' }))).status).toBe(404);
});

test('POST answers pending; the policy then approves as a later event with its own name, and the agent is told', async () => {
  await using hub = await startTestHub();
  await using agent = await failedPlex(hub);
  agent.obey();
  await putPolicy(hub, 'nightly', autoPolicy());
  const asked = await hub.restart('nas', 'plex');
  expect([asked.status, asked.body.status, asked.body.approved_by]).toEqual([201, 'pending', null]);
  await agent.frame('result_ack', 2);
  const done = await hub.action(asked.body.action_id);
  expect(done).toMatchObject({ status: 'completed', approved_by: 'policy:nightly', self_approved: false });
  expect(done.steps[1]).toMatchObject({ step: 'approved', actor: 'policy:nightly' });
  expect((await agent.frame('order')).order.automatic).toBe(true);
});

test('what a policy does not approve it leaves to a person, and says why', async () => {
  await using hub = await startTestHub();
  await using agent = await failedPlex(hub);
  await putPolicy(hub, 'nightly', autoPolicy());
  const unseen = (await hub.restart('nas', 'never-seen')).body;
  await expect.poll(() => stepsOf(hub, unseen.action_id)).toEqual(['pending', 'left_to_a_person']);
  const why = failedReport('plex.service').why;
  agent.reports([failedReport('plex.service', { why: why && { ...why, start_limit_hit: true } })]);
  await agent.settled();
  const givenUp = (await hub.restart('nas', 'plex')).body;
  expect(givenUp.verb).toBe('reset-and-restart');
  await expect.poll(() => stepsOf(hub, givenUp.action_id)).toEqual(['pending', 'left_to_a_person']);
  const approved = await hub.call<Action>('POST', `/actions/${givenUp.action_id}/approve`, {
    digest: givenUp.digest,
  });
  expect(approved.status).toBe(200);
  expect((await agent.frame('order')).order.automatic).toBeUndefined();
});

test('a policy approves nothing that was asked for before it was made, and nothing after its end', async () => {
  const clock = new HeldClock();
  await using hub = await startTestHub({ clock });
  await using agent = await failedPlex(hub);
  const before = (await hub.restart('nas', 'plex')).body;
  clock.advance(10);
  await putPolicy(hub, 'nightly', autoPolicy({ expires_at: new Date(clock.nowMs() + 5000).toISOString() }));
  clock.advance(6000);
  const after = (await hub.restart('nas', 'web')).body;
  await agent.settled();
  await hub.restart('nas', 'nothing');
  expect(await stepsOf(hub, before.action_id)).toEqual(['pending']);
  expect(await stepsOf(hub, after.action_id)).toEqual(['pending']);
  const { body } = await hub.call<EffectivePolicy>('GET', '/servers/nas/services/plex/policy');
  expect(body).toMatchObject({ mode: 'manual', policy: null });
  expect((await hub.call<Policy>('GET', '/policies/nightly')).body.expired).toBe(true);
});

test('a policy that comes late to a request, after a crash, approves nothing that is older than itself', async () => {
  using folder = disposableFolder();
  let asked: number;
  {
    await using hub = await startTestHub({ dataDir: folder.path });
    await using _agent = await failedPlex(hub);
    asked = (await hub.restart('nas', 'plex')).body.action_id;
    const { body } = await hub.call<Action>('GET', `/actions/${asked}`);
    // The clock of the hub counts in milliseconds, and the policy must be the younger one.
    await expect.poll(() => new Date().toISOString()).not.toBe(body.created_at);
    await putPolicy(hub, 'nightly', autoPolicy());
    await hub.stop();
    await hub.write("UPDATE follower_cursors SET event_id = 0 WHERE follower = 'policies'");
  }
  await using hub = await startTestHub({ dataDir: folder.path });
  await expect
    .poll(() =>
      hub.rows("SELECT event_id FROM follower_cursors WHERE follower = 'policies' AND event_id > 0"),
    )
    .toHaveLength(1);
  expect(await stepsOf(hub, asked)).toEqual(['pending']);
});

test('in shadow a policy writes down what it would have done, and does nothing', async () => {
  await using hub = await startTestHub();
  await using agent = await failedPlex(hub);
  await putPolicy(hub, 'tried-out', autoPolicy({ shadow: true }));
  const { action_id } = (await hub.restart('nas', 'plex')).body;
  await expect.poll(() => stepsOf(hub, action_id)).toEqual(['pending', 'in_shadow']);
  expect((await hub.action(action_id)).steps[1]).toMatchObject({
    actor: 'policy:tried-out',
    detail: 'In shadow: it would have approved this',
  });
  expect((await hub.call<Policy>('GET', '/policies/tried-out')).body.noted?.note).toContain(`#${action_id}`);
  expect(hub.rows("SELECT type FROM events WHERE type = 'policy.noted'")).toHaveLength(1);
  await agent.settled();
  expect(agent.framesOf('order')).toEqual([]);
});

test('an automatic action that fails pauses its policy until a person resumes it', async () => {
  const clock = new HeldClock();
  await using hub = await startTestHub({ clock });
  await using agent = await failedPlex(hub);
  agent.obey({ outcome: 'failed', code: 'exit-code', exit_code: 1 });
  await putPolicy(hub, 'nightly', autoPolicy());
  clock.advance(10);
  await hub.restart('nas', 'plex');
  const paused = async () => (await hub.call<Policy>('GET', '/policies/nightly')).body.paused;
  await expect.poll(paused).toMatchObject({ because: expect.stringContaining('plex on nas failed') });
  clock.advance(120_000);
  const next = (await hub.restart('nas', 'web')).body;
  await agent.settled();
  // In the two minutes of this clock the server may have been taken for silent.
  await expect.poll(async () => (await hub.server('nas')).liveness).toBe('online');
  expect(await stepsOf(hub, next.action_id)).toEqual(['pending']);
  await hub.call('POST', `/actions/${next.action_id}/cancel`);

  agent.obey();
  expect((await hub.call<Policy>('POST', '/policies/nightly/resume')).body.paused).toBeNull();
  const again = (await hub.restart('nas', 'web')).body;
  await expect.poll(async () => (await hub.action(again.action_id)).status).toBe('completed');
});

test('under a rule of two people the one who asked is refused with a sentence, and another is not', async () => {
  await using hub = await startTestHub();
  await using agent = await failedPlex(hub);
  const kim = await callerOf(hub, 'kim');
  await putPolicy(hub, 'both', { mode: 'two_person' });
  const asked = (await hub.restart('nas', 'plex')).body;
  const own = await hub.call('POST', `/actions/${asked.action_id}/approve`);
  expect([own.status, own.body.code]).toEqual([403, 'forbidden']);
  expect(own.body.detail).toBe(
    'The policy both wants two people: dashboard asked for this, so somebody else has to approve it.',
  );
  const other = await kim<Action>('POST', `/actions/${asked.action_id}/approve`);
  expect(other.body).toMatchObject({ status: 'approved', approved_by: 'kim', self_approved: false });
  await agent.frame('order');
});
