import { type Action, type ApprovalStatement, type Problem, readApproverLine } from '@homelabcmd/protocol';
import { approverLine } from '@homelabcmd/protocol';
import { challengeOf } from '@homelabcmd/protocol/approval';
import { expect, test } from 'vitest';
import { connectAgent, FACTS, failedReport } from '../agent-fixture.ts';
import { HOME, personWithPasskey, startStage } from './passkey-fixture.ts';

type Person = Awaited<ReturnType<typeof personWithPasskey>>;

/** What root writes on a server, from what the person's own account shows. */
function keyOf({ passkey }: Person) {
  const { rp_id, credential_id, approver_key } = passkey;
  const line = approverLine({
    ...{ name: 'A phone', rp_id, credential_id, origins: [HOME] },
    public_key: approver_key ?? '',
  });
  const key = readApproverLine(line);
  if (key === null) throw new Error(`no line of an approver: ${line}`);
  return key;
}

/** What the page does when its person presses Approve. */
async function approveBy<T = Problem>(person: Person, signer: Person, action: Action) {
  const path = `/actions/${action.action_id}`;
  const { body } = await person.call<{ to_sign: { statement: ApprovalStatement } }>('GET', `${path}/to-sign`);
  const { statement } = body.to_sign;
  const { id, rawId, type, response } = signer.device.get(
    { challenge: challengeOf(statement), rpId: keyOf(signer).rp_id },
    HOME,
  );
  const seal = { until: statement.until, assertion: { id, rawId, type, response } };
  return person.call<T>('POST', `${path}/approve`, { digest: action.digest, seal });
}

test('the passkey of an account is what a sealed server takes, and each signs with their own', async () => {
  await using stage = await startStage();
  const { hub } = stage;
  const anna = await personWithPasskey(hub, 'Anna', 'approver');
  const ben = await personWithPasskey(hub, 'Ben', 'approver');
  const facts = { ...FACTS, sealed: { keys: [keyOf(anna), keyOf(ben)], problem: null } };
  await using agent = await connectAgent(hub, 'nas', { facts });
  agent.reports([failedReport('plex.service')]);
  await agent.settled();
  const { body: action } = await anna.call<Action>('POST', '/servers/nas/services/plex/restart');

  const { status, body } = await approveBy(ben, anna, action);
  expect([status, body.code, body.detail]).toEqual([
    ...[422, 'bad_seal', "This passkey is Anna's. Sign with one of your own."],
  ]);
  expect((await approveBy<Action>(ben, ben, action)).body).toMatchObject({
    ...{ status: 'approved', approved_by: 'Ben' },
    approval_seal: { public_key: keyOf(ben).public_key },
  });
  expect((await agent.frame('order')).order.approval_seal?.credential_id).toBe(ben.passkey.credential_id);
});
