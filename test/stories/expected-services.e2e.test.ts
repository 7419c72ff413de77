import { api } from '@homelabcmd/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countingService, labProblem } from '../../lab/index.ts';
import { type House, openHouse } from '../house/house.ts';
import { serviceRow, untilToast } from '../house/service-row.ts';

const services = ['jellyfin', 'sonarr', 'radarr'];

describe.skipIf(labProblem() !== null)(`someone says what should run ${labProblem() ?? ''}`, () => {
  let house: House;

  beforeAll(async () => {
    house = await openHouse();
    await house.addServer('media-01', {
      units: Object.fromEntries(services.map((name) => [`${name}.service`, countingService(name)])),
      enable: services.map((name) => `${name}.service`),
    });
  });
  afterAll(() => house?.[Symbol.asyncDispose]());

  const expectedNow = async () => {
    const answer = await house.client.call(api.listServices, { params: { server_id: 'media-01' } });
    return answer.services.filter((service) => service.expected).map((service) => service.service_name);
  };

  test('what was made on the server is offered first, two are added at once, one gets a probe, one is removed and taken back', async () => {
    const page = await house.openPage('/servers/media-01');
    await page.getByRole('heading', { name: 'What should run here?' }).waitFor();
    await page.getByRole('link', { name: 'Add services' }).click();
    const add = page.getByRole('dialog', { name: 'Add services' });
    const made = add.getByRole('region', { name: 'Set up on this server' });
    await made.getByRole('checkbox', { name: 'jellyfin' }).check();
    await made.getByRole('checkbox', { name: 'sonarr' }).check();
    expect(await add.getByRole('checkbox', { name: 'systemd-journald' }).count()).toBe(0);
    await add.getByRole('button', { name: 'Expect 2 services' }).click();
    await untilToast(page, '2 services added to what media-01 should run');
    await add.waitFor({ state: 'detached' });
    expect((await expectedNow()).toSorted()).toEqual(['jellyfin', 'sonarr']);

    const jellyfin = serviceRow(page, 'jellyfin');
    const sonarr = serviceRow(page, 'sonarr');
    await jellyfin.untilShows('running');
    await sonarr.untilShows('running');
    expect(await serviceRow(page, 'radarr').row.count()).toBe(0);

    // By keyboard alone: the menu, the sheet, and back to the menu.
    const menu = jellyfin.row.getByRole('button', { name: 'More for jellyfin' });
    await menu.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Edit…' }).press('Enter');
    const edit = page.getByRole('dialog', { name: 'jellyfin' });
    await edit.getByRole('radio', { name: 'HTTP' }).press('Space');
    await edit.getByLabel('Address').focus();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.insertText('http://127.0.0.1:8096/health');
    await edit.getByLabel('Ask every').fill('30');
    await edit.getByLabel('Ask every').press('Enter');
    await untilToast(page, 'jellyfin is saved');
    await edit.waitFor({ state: 'detached' });
    await expect.poll(() => menu.evaluate((button) => button === document.activeElement)).toBe(true);
    expect((await house.service('media-01', 'jellyfin')).probe).toEqual({
      kind: 'http',
      url: 'http://127.0.0.1:8096/health',
      expect_status: null,
      expect_body: null,
      interval_ms: 30_000,
      timeout_ms: 5000,
      failures_before_down: 3,
    });

    const before = await house.service('media-01', 'jellyfin');
    await menu.click();
    await page.getByRole('menuitem', { name: 'Stop expecting it' }).click();
    await untilToast(page, 'jellyfin is no longer expected');
    await jellyfin.row.waitFor({ state: 'detached' });
    expect(await expectedNow()).toEqual(['sonarr']);
    await page.getByRole('button', { name: 'Undo' }).click();
    await jellyfin.untilShows('running');
    const after = await house.service('media-01', 'jellyfin');
    expect(after).toMatchObject({ expected: true, probe: before.probe, critical: before.critical });
  });

  test('on a phone the sheet is the whole screen, and nothing scrolls sideways', async () => {
    const page = await house.openPage('/servers/media-01/services/add', { width: 390, height: 844 });
    const add = page.getByRole('dialog', { name: 'Add services' });
    await add.getByRole('checkbox', { name: 'radarr' }).check();
    const box = await add.boundingBox();
    expect([box?.x, box?.width, box?.height]).toEqual([0, 390, 844]);
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(sideways).toBeLessThanOrEqual(0);
    await page.keyboard.press('Escape');
    await page.waitForURL((url) => url.pathname === '/servers/media-01');
    await add.waitFor({ state: 'detached' });
  });
});
