import { api } from '@homelabcmd/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countingService, labProblem, type LabServer, runsOf } from '../../lab/index.ts';
import { type House, openHouse } from '../house/house.ts';
import { serviceRow, untilText } from '../house/service-row.ts';

const COMMAND = 'homelabcmd-agent allow outside.service';
const FIX = `sudo ${COMMAND}`;

describe.skipIf(labProblem() !== null)(`the server's allow-list ${labProblem() ?? ''}`, () => {
  let house: House;
  let server: LabServer;

  beforeAll(async () => {
    house = await openHouse();
    server = await house.addServer('media-01', {
      units: {
        'outside.service': countingService('outside'),
        'looping.service': countingService('looping', {
          restart: 'always',
          restartDelayMs: 300,
          crashAfterMs: 400,
        }),
      },
      enable: ['outside.service', 'looping.service'],
      allow: ['looping.service'],
      expect: ['outside', 'looping'],
    });
  });
  afterAll(() => house?.[Symbol.asyncDispose]());

  test('outside the list: said before approval with the command; refused all the same; allowed by the file alone', async () => {
    process.kill(await server.mainPid('outside.service'), 'SIGKILL');
    const page = await house.openPage('/servers/media-01');
    const { row, restart, approve, untilShows } = serviceRow(page, 'outside');
    await untilShows('failed');
    const before = await runsOf(server, 'outside');
    await untilText(page, 'media-01 does not allow this yet');
    await restart.click();
    await approve.waitFor();
    await expect.poll(() => approve.getAttribute('aria-disabled')).toBe('true');
    await untilText(page, FIX);
    await approve.click({ force: true });
    const asked = (await house.service('media-01', 'outside')).open_action_id ?? 0;
    expect((await house.action(asked)).status).toBe('pending');

    await house.client.call(api.approveAction, { params: { action_id: asked } });
    const refused = await house.untilAction(asked, 'refused');
    expect(refused.result?.code).toBe('not_allowed');
    expect(await runsOf(server, 'outside')).toEqual(before);

    await restart.click();
    await approve.waitFor();
    expect((await server.exec(COMMAND.split(' '))).code).toBe(0);
    await expect.poll(() => approve.getAttribute('aria-disabled')).not.toBe('true');
    expect(await row.getByText('does not allow this yet').count()).toBe(0);
    await approve.click();
    await untilShows('running');
    expect(await runsOf(server, 'outside')).toHaveLength(before.length + 1);

    const allows = page.getByRole('region', { name: 'What this server allows' });
    await expect.poll(() => allows.innerText()).toContain('looping, outside');
    expect(await allows.getByText('sudo homelabcmd-agent allow NAME.service').count()).toBe(1);
  });

  test('a crash-looping service can be restarted by a person, with a warning', async () => {
    await house.untilService('media-01', 'looping', (service) => service.state_class === 'crash_loop');
    const page = await house.openPage('/servers/media-01');
    await untilText(page, /crash loop/i);
    const asked = await house.client.call(api.restartService, {
      params: { server_id: 'media-01', service_name: 'looping' },
    });
    expect(asked.expect?.state_class).toBe('crash_loop');
    await page.goto(`${house.hub.url}/actions/${asked.action_id}`);
    await untilText(page, /may not hold/i);
    await page.getByTestId('approve-button').first().click();
    // It ran, and did not stay up: that is a failure with a name, not a success.
    const ended = await house.untilAction(asked.action_id, 'failed');
    expect(ended.result?.exit_code).toBe(0);
    expect(ended.result?.code).toMatch(/flapped|exit-code|not-active/);
  });
});
