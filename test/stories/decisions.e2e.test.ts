import { api } from '@homelabcmd/protocol';
import { ProblemAnswer } from '@homelabcmd/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countingService, labProblem, type LabServer, runsOf } from '../../lab/index.ts';
import { type House, openHouse } from '../house/house.ts';
import { serviceRow, untilText } from '../house/service-row.ts';

const services = ['plex', 'grafana'];

describe.skipIf(labProblem() !== null)(`decisions ${labProblem() ?? ''}`, () => {
  let house: House;
  let server: LabServer;
  const ask = (service_name: string) =>
    house.client.call(api.restartService, { params: { server_id: 'media-01', service_name } });

  beforeAll(async () => {
    house = await openHouse();
    server = await house.addServer('media-01', {
      units: Object.fromEntries(services.map((name) => [`${name}.service`, countingService(name)])),
      enable: services.map((name) => `${name}.service`),
      allow: services.map((name) => `${name}.service`),
      expect: services,
    });
  });
  afterAll(() => house?.[Symbol.asyncDispose]());

  test('rejected with a reason: nothing ran, the reason is shown, and a new request is possible', async () => {
    const before = await runsOf(server, 'plex');
    const { action_id } = await ask('plex');
    const page = await house.openPage(`/actions/${action_id}`);
    await page.getByRole('textbox').fill('Raise the memory limit first');
    await page.getByTestId('reject-button').first().click();
    await page.locator('[data-action-status="rejected"]').waitFor();
    await untilText(page, 'Raise the memory limit first');
    expect((await house.action(action_id)).decided_by).toBe('dashboard');
    expect(await runsOf(server, 'plex')).toEqual(before);

    const again = await ask('plex');
    expect(again.action_id).toBeGreaterThan(action_id);
    await house.client.call(api.cancelAction, { params: { action_id: again.action_id } });
  });

  test('cancelled: nothing ran, the page shows it, and a new request is possible', async () => {
    const before = await runsOf(server, 'grafana');
    const { action_id } = await ask('grafana');
    const page = await house.openPage(`/actions/${action_id}`);
    await page.getByTestId('cancel-button').first().click();
    await page.locator('[data-action-status="cancelled"]').waitFor();
    expect(await runsOf(server, 'grafana')).toEqual(before);
    const again = await ask('grafana');
    await house.client.call(api.cancelAction, { params: { action_id: again.action_id } });
  });

  test('we;rd $(x) "näme": accepted, shown as text, refused as invalid_unit_name, nothing ran', async () => {
    const name = 'we;rd $(x) "näme"';
    const before = await Promise.all(services.map((service) => runsOf(server, service)));
    const { action_id, service_name, command } = await ask(name);
    expect(service_name).toBe(name);
    expect(command).toBe(`systemctl restart ${name}`);
    const page = await house.openPage(`/actions/${action_id}`);
    await untilText(page, `systemctl restart ${name}`);
    await house.client.call(api.approveAction, { params: { action_id } });
    const refused = await house.untilAction(action_id, 'refused');
    expect(refused.result?.code).toBe('invalid_unit_name');
    await page.locator('[data-action-status="refused"]').waitFor();
    expect(await Promise.all(services.map((service) => runsOf(server, service)))).toEqual(before);
  });

  test('plex and plex.service are one service: the second is told the number of the first', async () => {
    const { action_id } = await ask('plex');
    const refusal = await ask('plex.service').catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ProblemAnswer);
    expect(refusal).toMatchObject({ status: 409, problem: { existing_action_id: action_id } });
    await house.client.call(api.cancelAction, { params: { action_id } });
  });

  test('from a row that failed to executing: two presses on one page; a double click is one request and no approval', async () => {
    const before = await runsOf(server, 'plex');
    const page = await house.openPage('/');
    process.kill(await server.mainPid('plex.service'), 'SIGKILL');
    const { restart, approve } = serviceRow(page, 'plex');
    await restart.waitFor();
    const addresses: string[] = [];
    page.on('framenavigated', (frame) => addresses.push(frame.url()));

    await restart.dblclick();
    await approve.and(page.locator(':not([aria-disabled="true"])')).waitFor();
    const { actions } = await house.client.call(api.listActions, {
      query: { service_name: 'plex', limit: 1 },
    });
    const [asked] = actions;
    expect(asked).toMatchObject({ status: 'pending', approved_by: null });
    const earlier = await house.client.call(api.listActions, {
      query: { service_name: 'plex', status: 'pending' },
    });
    expect(earlier.total).toBe(1);

    await approve.click();
    const done = await house.untilAction(asked?.action_id ?? 0, 'completed');
    expect(done.steps.map(({ step }) => step)).toContain('executing');
    expect(addresses).toEqual([]);
    expect(await runsOf(server, 'plex')).toHaveLength(before.length + 1);
  });

  test('a double press on Approve approves once', async () => {
    const before = await runsOf(server, 'grafana');
    process.kill(await server.mainPid('grafana.service'), 'SIGKILL');
    const page = await house.openPage('/servers/media-01');
    const { restart, approve, untilShows } = serviceRow(page, 'grafana');
    await untilShows('failed');
    await restart.click();
    await approve.and(page.locator(':not([aria-disabled="true"])')).waitFor();
    await approve.dblclick();
    await untilShows('running');
    const { actions } = await house.client.call(api.listActions, {
      query: { service_name: 'grafana', limit: 1 },
    });
    await house.untilAction(actions[0]?.action_id ?? 0, 'completed');
    expect(await runsOf(server, 'grafana')).toHaveLength(before.length + 1);
  });
});
