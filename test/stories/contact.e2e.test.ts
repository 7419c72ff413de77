import { api } from '@homelabcmd/protocol';
import { ProblemAnswer } from '@homelabcmd/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countingService, labProblem, type LabServer, runsOf } from '../../lab/index.ts';
import { type House, openHouse, until } from '../house/house.ts';
import { serviceRow } from '../house/service-row.ts';

const AGENT = 'homelabcmd-agent.service';

describe.skipIf(labProblem() !== null)(`contact lost and found ${labProblem() ?? ''}`, () => {
  let house: House;
  let server: LabServer;
  const ask = (service_name: string) =>
    house.client.call(api.restartService, { params: { server_id: 'nas-01', service_name } });

  beforeAll(async () => {
    house = await openHouse({
      HOMELABCMD_STALE_AFTER_MS: '2000',
      HOMELABCMD_OFFLINE_AFTER_MS: '6000',
      HOMELABCMD_SETTLE_MS: '1000',
    });
    server = await house.addServer('nas-01', {
      units: {
        'samba.service': countingService('samba'),
        'slow.service': countingService('slow', { slowStartMs: 8000 }),
      },
      enable: ['samba.service'],
      allow: ['samba.service', 'slow.service'],
      expect: ['samba', 'slow'],
    });
  });
  afterAll(() => house?.[Symbol.asyncDispose]());

  const untilLiveness = (liveness: string) =>
    until(`nas-01 ${liveness}`, async () => {
      const read = await house.client.call(api.getServer, { params: { server_id: 'nas-01' } });
      return read.liveness === liveness;
    });

  test('the hub is killed after a 201: the action is there after its restart', async () => {
    const { action_id, digest } = await ask('samba');
    await house.hub.kill();
    await house.hub.start();
    const found = await house.action(action_id);
    expect(found).toMatchObject({ status: 'pending', digest });
    await house.client.call(api.cancelAction, { params: { action_id } });
    await untilLiveness('online');
  });

  test('agent offline: the request queues, is approved, and runs when the agent is back', async () => {
    const before = await runsOf(server, 'samba');
    await server.exec(['systemctl', 'stop', AGENT]);
    await untilLiveness('stale');
    const { action_id } = await ask('samba');
    await house.client.call(api.approveAction, { params: { action_id } });
    expect((await house.action(action_id)).status).toBe('approved');
    expect(await runsOf(server, 'samba')).toEqual(before);
    await server.exec(['systemctl', 'start', AGENT]);
    await house.untilAction(action_id, 'completed');
    expect(await runsOf(server, 'samba')).toHaveLength(before.length + 1);
  });

  test('a server goes silent: stale, then offline, and nothing old is drawn as current', async () => {
    const page = await house.openPage('/servers/nas-01');
    const { row, untilShows } = serviceRow(page, 'samba');
    await untilShows('running');
    const agent = await server.mainPid(AGENT);
    process.kill(agent, 'SIGSTOP');
    try {
      await untilShows('unknown');
      await expect.poll(() => row.textContent()).toContain('stale');
      await page
        .getByText(/Offline/)
        .first()
        .waitFor();
      expect(await row.textContent()).not.toMatch(/Running|MiB|%/);
      const fleet = await house.openPage('/');
      await fleet.locator('[data-server="nas-01"][data-liveness="offline"]').waitFor();
      expect(await fleet.locator('[data-server="nas-01"]').textContent()).not.toContain('%');
    } finally {
      process.kill(agent, 'SIGCONT');
    }
    await untilLiveness('online');
    await untilShows('running');
  });

  test('a server cannot be deleted while an order is out; deleted, it takes its actions along', async () => {
    const { action_id } = await ask('slow');
    await house.client.call(api.approveAction, { params: { action_id } });
    await house.untilAction(action_id, 'executing');
    const params = { server_id: 'nas-01' };
    const refusal = await house.client.call(api.deleteServer, { params }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ProblemAnswer);
    expect(refusal).toMatchObject({ status: 409, problem: { existing_action_id: action_id } });

    await house.untilAction(action_id, 'completed');
    await house.client.call(api.deleteServer, { params });
    const gone = await house.action(action_id).catch((error: unknown) => error);
    expect(gone).toMatchObject({ status: 404 });
    // Its agent is shut out at once, and stays out.
    await until('the agent is told', async () => {
      const journal = await server.exec(['journalctl', '-u', AGENT, '-n', '50', '--no-pager']);
      return /server_deleted|not_enrolled|was removed/.test(journal.stdout);
    });
    const list = await house.client.call(api.listServers, { query: {} });
    expect(list.total).toBe(0);
  });
});
