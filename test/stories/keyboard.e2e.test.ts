import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { countingService, labProblem, type LabServer } from '../../lab/index.ts';
import { type House, openHouse } from '../house/house.ts';
import { hasFocus, type Keyboard, keyboardOf } from '../house/keyboard.ts';
import { serviceRow, untilText } from '../house/service-row.ts';

const services = ['plex', 'sonarr'];

describe.skipIf(labProblem() !== null)(`with the keyboard alone ${labProblem() ?? ''}`, () => {
  let house: House;
  let server: LabServer;
  let page: Page;
  let keys: Keyboard;

  beforeAll(async () => {
    house = await openHouse();
    server = await house.addServer('media-01', {
      units: Object.fromEntries(services.map((name) => [`${name}.service`, countingService(name)])),
      enable: services.map((name) => `${name}.service`),
      allow: services.map((name) => `${name}.service`),
      expect: services,
    });
    page = await (await house.openProfile({ viewport: { width: 1440, height: 900 } })).newPage();
    keys = keyboardOf(page);
  });
  afterAll(() => house?.[Symbol.asyncDispose]());

  const fail = async (name: string) => {
    process.kill(await server.mainPid(`${name}.service`), 'SIGKILL');
    await house.untilService('media-01', name, ({ status }) => status === 'failed');
  };

  test('sign in, and skip to what the page is about', async () => {
    await page.goto(house.hub.url);
    await page.getByLabel('API key', { exact: true }).waitFor();
    await keys.tabTo(page.getByLabel('API key', { exact: true }));
    await keys.type(house.hub.apiKey);
    await keys.press('Enter');
    await page.locator('[data-server="media-01"]').waitFor();

    await page.reload();
    await page.locator('[data-server="media-01"]').waitFor();
    await keys.press('Tab');
    expect(await hasFocus(page.getByRole('link', { name: 'Skip to content' }))).toBe(true);
    await keys.press('Enter');
    await keys.press('Tab');
    expect(await hasFocus(page.locator('main a, main button'))).toBe(true);
  });

  test('find the service that failed, restart it, approve, and see the outcome', async () => {
    await fail('plex');
    await page.locator('[data-row][data-service="plex"]').waitFor();
    await keys.press('j');
    await page.locator('[data-service="plex"][data-cursor]').waitFor();
    await keys.tabTo(page.getByRole('link', { name: 'Open' }));
    await keys.press('Enter');
    await page.locator('h1', { hasText: 'media-01' }).waitFor();

    const { restart, approve, row } = serviceRow(page, 'plex');
    await keys.tabTo(restart);
    await keys.press('Enter');
    await approve.and(page.locator(':not([aria-disabled="true"])')).waitFor();
    // Nothing that decides has the focus by itself: the next press would be a decision that nobody meant.
    expect(await hasFocus(page.locator('button'))).toBe(false);
    expect(await hasFocus(row)).toBe(true);
    await keys.tabTo(approve);
    await keys.press('Enter');
    await untilText(page, /verifying/i);
    await serviceRow(page, 'plex').untilShows('running');

    await keys.press('g');
    await keys.press('a');
    const outcome = page.getByRole('link', { name: 'Restart plex on media-01' });
    await keys.tabTo(outcome);
    await keys.press('Enter');
    await page.locator('[data-action-status="completed"]').waitFor();
    await keys.press('Tab');
  });

  test('reject with a reason, and be back in the row', async () => {
    await fail('sonarr');
    await keys.press('g');
    await keys.press('f');
    await page.locator('[data-row][data-service="sonarr"]').waitFor();
    await keys.press('j');
    await keys.press('r');
    await serviceRow(page, 'sonarr').reject.waitFor();
    await keys.press('x');
    const reason = page.getByLabel('Reason for rejecting');
    await expect.poll(() => hasFocus(reason)).toBe(true);
    await keys.press('Escape');
    await reason.waitFor({ state: 'detached' });

    await keys.press('x');
    await expect.poll(() => hasFocus(reason)).toBe(true);
    await keys.type('The disk is being replaced');
    await keys.press('Enter');
    await serviceRow(page, 'sonarr').restart.waitFor();
    await keys.press('Tab');
    await keys.press('g');
    await keys.press('a');
    await untilText(page, 'The disk is being replaced');
  });

  test('the help takes the focus and gives it back', async () => {
    const home = page.getByRole('link', { name: 'HomelabCmd, to the fleet' });
    await keys.tabTo(home);
    await keys.press('?');
    await page.getByRole('dialog').waitFor();
    for (const key of ['Tab', 'Tab', 'Shift+Tab']) {
      await page.keyboard.press(key);
      expect(await hasFocus(page.locator('body > #root :not(dialog, dialog *)'))).toBe(false);
    }
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await hasFocus(home)).toBe(true);
  });

  test('choose a theme, open the menu, and sign out', async () => {
    const theme = page.getByRole('button', { name: /^Theme/ });
    await keys.tabTo(theme);
    for (const chosen of ['light', 'dark']) {
      await keys.press('Enter');
      await page.locator(`html[data-theme="${chosen}"]`).waitFor();
      expect(await hasFocus(theme)).toBe(true);
    }
    const account = page.getByRole('button', { name: /^Signed in as/ });
    await keys.tabTo(account);
    await keys.press('Enter');
    await page.getByRole('menu').waitFor();
    await keys.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
    expect(await hasFocus(account)).toBe(true);

    await keys.press('Enter');
    await page.getByRole('menu').waitFor();
    const leave = page.getByRole('menuitem', { name: 'Sign out' });
    for (let item = 0; item < 8 && !(await hasFocus(leave)); item += 1) await keys.press('ArrowDown');
    await keys.press('Enter');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await keys.tabTo(page.getByLabel('API key', { exact: true }));
  });
});
