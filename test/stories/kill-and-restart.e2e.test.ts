import { api } from '@homelabcmd/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countingService, labProblem, runsOf, type LabServer } from '../../lab/index.ts';
import { type House, openHouse } from '../house/house.ts';
import { serviceRow, untilText, untilToast } from '../house/service-row.ts';

const services = ['jellyfin', 'sonarr', 'radarr'];

describe.skipIf(labProblem() !== null)(`a service is killed and restarted ${labProblem() ?? ''}`, () => {
  let house: House;
  let server: LabServer;

  beforeAll(async () => {
    house = await openHouse({ HOMELABCMD_SETTLE_MS: '3000' });
    server = await house.addServer('media-01', {
      units: Object.fromEntries(services.map((name) => [`${name}.service`, countingService(name)])),
      enable: services.map((name) => `${name}.service`),
      allow: services.map((name) => `${name}.service`),
      expect: services,
    });
  });
  afterAll(() => house?.[Symbol.asyncDispose]());

  test('seen without a reload, asked, refused a second time, approved, verified, and run exactly once', async () => {
    const first = await house.openPage('/servers/media-01');
    const second = await house.openPage('/servers/media-01');
    const [here, there] = [serviceRow(first, 'jellyfin'), serviceRow(second, 'jellyfin')];
    await here.untilShows('running');
    await there.untilShows('running');
    const before = await runsOf(server, 'jellyfin');

    process.kill(await server.mainPid('jellyfin.service'), 'SIGKILL');
    await here.untilShows('failed');
    await expect.poll(() => here.row.textContent()).toContain('Failed');
    await untilText(first, /SIGKILL/);
    await untilText(first, /Main process exited, code=killed, status=9\/KILL/);

    // Both press; the second tab's request is held until the first tab's has been answered.
    const gate = Promise.withResolvers<void>();
    await second.route('**/restart', async (route) => {
      await gate.promise;
      await route.continue();
    });
    await there.restart.click();
    await here.restart.click();
    await untilToast(first, 'Restart action queued for approval');
    gate.resolve();
    await untilToast(second, 'Restart already pending for this service');
    const pending = (await house.service('media-01', 'jellyfin')).open_action_id ?? 0;
    expect((await house.action(pending)).status).toBe('pending');
    await untilText(first, /Restart pending/);
    expect(await runsOf(server, 'jellyfin')).toEqual(before);

    await here.approve.click();
    await untilText(first, /verifying/i);
    await untilText(second, /verifying/i);
    const done = await house.untilAction(pending, 'completed');
    await here.untilShows('running');
    await there.untilShows('running');

    const after = await runsOf(server, 'jellyfin');
    expect(after).toHaveLength(before.length + 1);
    expect(await server.unit('jellyfin.service', 'ActiveState')).toBe('active');
    expect(await server.unit('jellyfin.service', 'InvocationID')).toBe(after.at(-1));
    expect(done.result?.after?.invocation_id).toBe(after.at(-1));
    expect(done.result?.before?.invocation_id).toBe(before.at(-1));
    expect(done.steps.map((entry) => entry.step)).toEqual([
      'pending',
      'approved',
      'dispatched',
      'executing',
      'systemctl_done',
      'verifying',
      'completed',
    ]);
  });

  test('a double click on Restart makes one pending action and no approval', async () => {
    const page = await house.openPage('/servers/media-01');
    const { restart, approve, untilShows } = serviceRow(page, 'sonarr');
    await untilShows('running');
    process.kill(await server.mainPid('sonarr.service'), 'SIGKILL');
    await untilShows('failed');
    await restart.dblclick();
    await approve.waitFor();
    const { actions } = await house.client.call(api.listActions, { query: { service_name: 'sonarr' } });
    expect(actions.map(({ status }) => status)).toEqual(['pending']);
  });

  test('a running service is restarted from its menu, never by a button that stands there', async () => {
    const page = await house.openPage('/servers/media-01');
    const { row, restart, untilShows } = serviceRow(page, 'radarr');
    await untilShows('running');
    expect(await restart.count()).toBe(0);
    await row.getByRole('button', { name: /more|menu|actions/i }).click();
    await page.getByRole('menuitem', { name: /restart/i }).click();
    await untilToast(page, 'Restart action queued for approval');
  });
});
