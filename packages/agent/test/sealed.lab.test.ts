import { type Order, statementOf } from '@homelabcmd/protocol';
import { softwareApprover } from '@homelabcmd/testkit/approver';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  countingService,
  installAgent,
  type Lab,
  labProblem,
  type LabServer,
  openLab,
  runsOf,
} from '../../../lab/index.ts';
import { StubHub } from './stub-hub.ts';

const problem = labProblem();
const UNIT = 'plex.service';
const WITHIN = { timeout: 20_000, interval: 20 };

const orderOf = (n: number): Order => ({
  ...{ order_id: `019a0000-0000-7000-8000-${String(n).padStart(12, '0')}`, action_id: n },
  ...{ digest: 'd1'.repeat(32), kind: 'restart_service', target: `systemd:${UNIT}`, verb: 'restart' },
  ...{ expect: null, ttl_ms: 60_000, settle_ms: 100, probe: null },
});

/** The installed agent, with the file of approvers as root writes it. */
describe.skipIf(problem !== null)(`a sealed server${problem ? `: ${problem}` : ''}`, () => {
  let lab: Lab;
  let server: LabServer;
  let hub: StubHub;
  const kim = softwareApprover();

  beforeAll(async () => {
    lab = await openLab();
    server = await lab.boot('ag-sealed', { units: { [UNIT]: countingService('plex') }, enable: [UNIT] });
    hub = await StubHub.open([UNIT]);
    await installAgent(server, { hubUrl: hub.url, token: hub.token, allow: [UNIT] });
    await hub.reportWhere(UNIT, ({ restartable }) => restartable.allowed);
  }, 60_000);
  afterAll(async () => {
    await hub?.[Symbol.asyncDispose]();
    await lab?.[Symbol.asyncDispose]();
  }, 60_000);

  const carryOut = (order: Order) => {
    hub.order(order);
    return hub.resultOf(order.order_id);
  };

  /** The newest that the agent has said of whom it believes. */
  const sealing = () =>
    hub.frames.flatMap(({ frame }) => (frame.type === 'facts' ? [frame.facts.sealed] : [])).at(-1);

  test('root writes a passkey down: only what it has signed is carried out, once, and the hub is told so', async () => {
    const path = '/etc/homelabcmd/approvers';
    await server.exec(['install', '-m', '644', '/dev/null', path]);
    await server.exec(['tee', '-a', path], { input: `${kim.line}\n` });
    await vi.waitFor(() => expect(sealing()).toEqual({ keys: [kim.key], problem: null }), WITHIN);
    const before = await runsOf(server, 'plex');

    expect(await carryOut(orderOf(1))).toMatchObject({ outcome: 'refused', code: 'not_sealed' });

    const hello = hub.frames.find(({ frame }) => frame.type === 'hello')?.frame;
    const agentKey = hello?.type === 'hello' ? hello.public_key : '';
    const terms = {
      ...{ requested_by: 'robin', requested_at: new Date().toISOString() },
      until: new Date(Date.now() + 300_000).toISOString(),
    };
    const approval_seal = kim.seal(statementOf(agentKey, orderOf(2), terms));
    expect(await carryOut({ ...orderOf(3), approval_seal })).toMatchObject({ code: 'bad_seal' });
    const signed = { ...orderOf(2), approval_seal };
    for (let time = 0; time < 50; time += 1) hub.order(signed);
    expect(await hub.resultOf(signed.order_id)).toMatchObject({ outcome: 'completed' });
    expect(await runsOf(server, 'plex')).toHaveLength(before.length + 1);
  });

  test('a file that somebody else may write is believed in nothing', async () => {
    await server.exec(['chmod', '666', '/etc/homelabcmd/approvers']);
    await vi.waitFor(() => expect(sealing()?.problem).toContain('can be changed by others'), WITHIN);
    expect(await carryOut(orderOf(4))).toMatchObject({ outcome: 'refused', code: 'not_sealed' });
  });
});
