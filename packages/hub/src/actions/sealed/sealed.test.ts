import type {
  Action,
  ApprovalStatement,
  ApproverKey,
  Problem,
  ResponseOf,
  ServerFacts,
  api,
} from '@homelabcmd/protocol';
import { statementOf } from '@homelabcmd/protocol';
import { challengeOf, verifySeal } from '@homelabcmd/protocol/approval';
import { softwareApprover } from '@homelabcmd/testkit/approver';
import { expect, test } from 'vitest';
import { type ConnectedAgent, connectAgent, FACTS, failedReport } from '../../../test/agent-fixture.ts';
import { DEFAULT_TIMING, HeldClock, startTestHub, type TestHub } from '../../../test/hub-fixture.ts';
import { autoPolicy, callerOf, decided, putPolicy } from '../../../test/policy-fixture.ts';
import { startTestStore } from '../../../test/store-fixture.ts';
import { approveIn } from '../decide.ts';

const kim = softwareApprover();
const eve = softwareApprover({ name: "Eve's key" });
const sealedBy = (...keys: ApproverKey[]): ServerFacts => ({
  ...FACTS,
  sealed: { keys, problem: null },
});

interface Scene {
  readonly agent: ConnectedAgent;
  readonly action: Action;
}

/** A server that root has sealed, and a restart that somebody asks for there. */
async function ask(hub: TestHub, facts: ServerFacts = sealedBy(kim.key)): Promise<Scene> {
  const agent = await connectAgent(hub, 'nas', { facts });
  agent.reports([failedReport('plex.service')]);
  await agent.settled();
  return { agent, action: (await hub.restart('nas', 'plex')).body };
}

type ToSign = NonNullable<ResponseOf<typeof api.toSignAction>['to_sign']>;

async function toSign(hub: TestHub, { action_id }: Action): Promise<ToSign> {
  const { body } = await hub.call<{ to_sign: ToSign | null }>('GET', `/actions/${action_id}/to-sign`);
  if (body.to_sign === null) throw new Error('nothing is to be signed');
  return body.to_sign;
}

const approve = <T = Problem>(hub: TestHub, { action_id }: Action, seal?: object) =>
  hub.call<T>('POST', `/actions/${action_id}/approve`, seal === undefined ? {} : { seal });

const signed = (statement: ApprovalStatement, by = kim) => ({
  ...{ until: statement.until, assertion: by.assert(statement) },
});

test('what the agents of sealed servers say of their approvers stands with the server', async () => {
  await using hub = await startTestHub();
  const { agent } = await ask(hub);
  expect((await hub.server('nas')).facts?.sealed).toEqual({ keys: [kim.key], problem: null });
  agent.send({ v: 2, type: 'facts', facts: FACTS });
  await agent.settled();
  expect((await hub.server('nas')).facts?.sealed).toBeUndefined();
  await agent[Symbol.asyncDispose]();
});

test('what is to be signed names the agent by its key, and all that decides what runs', async () => {
  const clock = new HeldClock();
  await using hub = await startTestHub({ clock });
  const { agent, action } = await ask(hub);
  const { statement, challenge, keys } = await toSign(hub, action);
  expect(statement).toEqual({
    agent: agent.key.publicKey,
    ...{ order_id: action.order_id, action_id: action.action_id, digest: action.digest },
    ...{ kind: 'restart_service', target: 'systemd:plex.service', verb: 'restart', expect: action.expect },
    ...{ requested_by: action.created_by, requested_at: action.created_at },
    until: new Date(clock.nowMs() + 300_000).toISOString(),
  });
  expect([challenge, keys]).toEqual([challengeOf(statement), [kim.key]]);
  await agent[Symbol.asyncDispose]();
});

test('however long approvals may wait, what is signed holds for no more than a quarter of an hour', async () => {
  const clock = new HeldClock();
  await using hub = await startTestHub({ clock, timing: { approvedTtlMs: 86_400_000 } });
  const { agent, action } = await ask(hub);
  const { statement } = await toSign(hub, action);
  expect(Date.parse(statement.until) - clock.nowMs()).toBe(900_000);
  await agent[Symbol.asyncDispose]();
});

test('an approval that a passkey has signed goes out with its seal, and both are kept for ever', async () => {
  await using hub = await startTestHub();
  const { agent, action } = await ask(hub);
  const { statement } = await toSign(hub, action);
  const { body } = await approve<Action>(hub, action, signed(statement));
  expect(body).toMatchObject({ status: 'approved', expires_at: statement.until });
  expect(body.steps.at(-1)?.detail).toContain("signed with «Kim's phone»");

  const { order } = await agent.frame('order');
  const { approval_seal: seal } = order;
  if (seal === undefined) throw new Error('the order has no seal');
  const what = statementOf(agent.key.publicKey, order, seal);
  expect(verifySeal(what, seal, [kim.key], Date.now())).toEqual(kim.key);

  agent.result(order.order_id);
  await agent.frame('result_ack');
  const kept = (await hub.action(action.action_id)).approval_seal;
  expect(kept).toEqual({ statement, seal, key_name: "Kim's phone", public_key: kim.key.public_key });
  const [entry] = hub.rows<{ detail: string }>(
    `SELECT detail FROM audit_entries WHERE verb = 'action.approved'`,
  );
  expect(JSON.parse(entry?.detail ?? '{}')).toMatchObject({
    ...{ signed_by: kim.key.public_key, signature: seal.signature, holds_until: statement.until },
  });
  await agent[Symbol.asyncDispose]();
});

test('nobody approves for a sealed server without a passkey, with whatever right they come', async () => {
  await using hub = await startTestHub();
  const { agent, action } = await ask(hub);
  const { status, body } = await approve(hub, action);
  expect([status, body.code]).toEqual([403, 'seal_required']);
  expect(body.detail).toContain('a passkey that root has enrolled on it');
  expect((await hub.action(action.action_id)).status).toBe('pending');
  await agent.settled();
  expect(agent.framesOf('order')).toEqual([]);
  await agent[Symbol.asyncDispose]();
});

test.each<[string, (statement: ApprovalStatement) => object, RegExp]>([
  ['by a passkey that the server does not know', (what) => signed(what, eve), /does not know/],
  [
    'of another number',
    (what) => ({ ...signed({ ...what, action_id: 9 }), until: what.until }),
    /not what this order says/,
  ],
  [
    'for another agent',
    (what) => ({ ...signed({ ...what, agent: 'another' }), until: what.until }),
    /not what this order says/,
  ],
  [
    'until another moment',
    (what) => ({ ...signed(what), until: new Date(Date.parse(what.until) - 1).toISOString() }),
    /not what this order says/,
  ],
  [
    'that has run out',
    (what) => signed({ ...what, until: new Date(Date.now() - 1).toISOString() }),
    /has passed, or is too far ahead/,
  ],
  [
    'that would hold for too long',
    (what) => signed({ ...what, until: new Date(Date.now() + 400_000).toISOString() }),
    /has passed, or is too far ahead/,
  ],
])('an approval %s is refused at once, in a sentence', async (_what, sealFor, sentence) => {
  await using hub = await startTestHub();
  const { agent, action } = await ask(hub);
  const { statement } = await toSign(hub, action);
  const { status, body } = await approve(hub, action, sealFor(statement));
  expect([status, body.code, body.detail]).toEqual([422, 'bad_seal', expect.stringMatching(sentence)]);
  expect((await hub.action(action.action_id)).status).toBe('pending');
  await agent[Symbol.asyncDispose]();
});

test('while the server itself cannot read whom to believe, nothing is approved for it, in its words', async () => {
  await using hub = await startTestHub();
  const { agent, action } = await ask(hub, { ...FACTS, sealed: { keys: [], problem: 'The file is torn.' } });
  const { statement, problem } = await toSign(hub, action);
  expect(problem).toBe('The file is torn.');
  expect((await approve(hub, action, signed(statement))).body).toMatchObject({
    ...{ code: 'bad_seal', detail: 'The file is torn.' },
  });
  await agent[Symbol.asyncDispose]();
});

test('on a server that is not sealed nothing is to be signed, and what is signed all the same is not passed on', async () => {
  await using hub = await startTestHub();
  const { agent, action } = await ask(hub, sealedBy(kim.key));
  const { statement } = await toSign(hub, action);
  agent.send({ v: 2, type: 'facts', facts: FACTS });
  await agent.settled();
  const { body } = await hub.call('GET', `/actions/${action.action_id}/to-sign`);
  expect(body).toEqual({ to_sign: null });
  expect((await approve(hub, action, signed(statement))).body.code).toBe('bad_seal');
  expect((await approve<Action>(hub, action)).body.status).toBe('approved');
  expect((await agent.frame('order')).order).not.toHaveProperty('approval_seal');
  await agent[Symbol.asyncDispose]();
});

test('what is decided already is not to be signed', async () => {
  await using hub = await startTestHub();
  const { agent, action } = await ask(hub);
  await hub.call('POST', `/actions/${action.action_id}/cancel`);
  const { status, body } = await hub.call('GET', `/actions/${action.action_id}/to-sign`);
  expect([status, body.code, body.action_status]).toEqual([409, 'action_moved_on', 'cancelled']);
  expect((await hub.call('GET', '/actions/77/to-sign')).status).toBe(404);
  await agent[Symbol.asyncDispose]();
});

test.each([
  ['a digest in the place of a time', { until: 'soon' }],
  ['nothing that a passkey has said', { until: new Date().toISOString() }],
  ['more than that', { until: new Date().toISOString(), assertion: { id: 'AAAA' }, by: 'kim' }],
])('a seal that is %s is no seal', async (_what, seal) => {
  await using hub = await startTestHub();
  const { agent, action } = await ask(hub);
  const { status, body } = await approve(hub, action, seal);
  expect([status, body.code]).toEqual([422, 'invalid']);
  await agent[Symbol.asyncDispose]();
});

test('a passkey does not make one person two', async () => {
  await using hub = await startTestHub();
  const { agent, action } = await ask(hub);
  await putPolicy(hub, 'two', { server_id: 'nas', mode: 'two_person' });
  const { statement } = await toSign(hub, action);
  expect((await approve(hub, action, signed(statement))).body.code).toBe('forbidden');
  const robin = await callerOf(hub, 'robin');
  const path = `/actions/${action.action_id}/approve`;
  expect((await robin('POST', path)).body.code).toBe('seal_required');
  expect((await robin<Action>('POST', path, { seal: signed(statement) })).body.status).toBe('approved');
  await agent[Symbol.asyncDispose]();
});

test('what approves by itself does not approve for a sealed server, whoever calls it', async () => {
  await using store = await startTestStore();
  await store.addServer('nas', { facts_json: JSON.stringify(sealedBy(kim.key)) });
  const id = await store.addAction('pending');
  const parts = { timing: DEFAULT_TIMING, mayApprove: () => Promise.resolve() };
  for (const actor of ['policy:nightly', 'hub', 'kim'])
    await expect(store.within((open) => approveIn(open, parts, actor, id, undefined))).rejects.toMatchObject({
      code: 'seal_required',
    });
});

test('a policy leaves what is asked of a sealed server to a person, and says why', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  await putPolicy(hub, 'nightly', autoPolicy());
  const { agent, action } = await ask(hub);
  await decided(hub);
  const after = await hub.action(action.action_id);
  expect(after.status).toBe('pending');
  expect(after.steps.at(-1)).toMatchObject({
    ...{ step: 'left_to_a_person', actor: 'policy:nightly' },
    detail: 'nas is sealed: a passkey has to sign, and only a person has one.',
  });
  await agent[Symbol.asyncDispose]();
});

test('a policy in shadow would leave it to a person as well', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  await putPolicy(hub, 'nightly', autoPolicy({ shadow: true }));
  const { agent, action } = await ask(hub);
  await decided(hub);
  expect((await hub.action(action.action_id)).steps.at(-1)).toMatchObject({
    ...{ step: 'in_shadow', detail: expect.stringContaining('would not have approved this. nas is sealed') },
  });
  await agent[Symbol.asyncDispose]();
});

test('an approval of before root sealed the server goes out as it is: the server itself says no to it', async () => {
  await using hub = await startTestHub();
  const { agent, action } = await ask(hub, FACTS);
  await agent[Symbol.asyncDispose]();
  await approve<Action>(hub, action);
  await using again = await connectAgent(hub, 'nas', { key: agent.key, facts: sealedBy(kim.key) });
  const { order } = await again.frame('order');
  expect(order).not.toHaveProperty('approval_seal');
  again.result(order.order_id, { outcome: 'refused', code: 'not_sealed', exit_code: null });
  await again.frame('result_ack');
  expect((await hub.action(action.action_id)).status).toBe('refused');
});
