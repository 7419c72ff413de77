import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countingService, labProblem } from '../../lab/index.ts';
import { type House, openHouse } from '../house/house.ts';
import { hasFocus, keyboardOf } from '../house/keyboard.ts';
import { bringExaminer, examine } from '../pictures/eye/accessibility.ts';

const names = ['plex', 'sonarr'];
const PHONE = { width: 390, height: 844 };

describe.skipIf(labProblem() !== null)(`the pages of history ${labProblem() ?? ''}`, () => {
  let house: House;
  let stoppedAt: string;

  beforeAll(async () => {
    house = await openHouse();
    const server = await house.addServer('media-01', {
      units: Object.fromEntries(names.map((name) => [`${name}.service`, countingService(name)])),
      enable: names.map((name) => `${name}.service`),
      allow: names.map((name) => `${name}.service`),
      expect: names,
    });
    process.kill(await server.mainPid('plex.service'), 'SIGKILL');
    const { why } = await house.untilService(
      'media-01',
      'plex',
      (service) => (service.why?.journal.length ?? 0) > 0,
    );
    stoppedAt = why?.stopped_at ?? '';
  });
  afterAll(() => house?.[Symbol.asyncDispose]());

  const chart = (page: Page, id: string) => page.locator(`[data-chart="${id}"]`);
  const drawn = (page: Page, id: string) => chart(page, id).locator('canvas');
  const wrongWith = async (page: Page): Promise<string[]> => {
    await bringExaminer(page);
    return examine(page);
  };
  const isInside = (page: Page) =>
    page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth');

  test('the server page has a chart for each metric, with one cursor for all, that the arrows move', async () => {
    const page = await house.openPage('/servers/media-01');
    for (const id of ['cpu', 'memory', 'load']) await drawn(page, id).waitFor();
    const cpu = chart(page, 'cpu').getByRole('slider');
    const keys = keyboardOf(page);
    await keys.tabTo(cpu);
    expect(await hasFocus(cpu)).toBe(true);
    await keys.press('Home');
    await keys.press('End');
    await chart(page, 'cpu').locator('.chart-point').waitFor();
    // The others go along, without having the focus.
    await chart(page, 'memory').locator('.chart-point').waitFor();
    await keys.press('Escape');
    await chart(page, 'memory').locator('.chart-point').waitFor({ state: 'detached' });
    expect(await wrongWith(page)).toEqual([]);
  });

  test('a range is in the address, and is the same when it is opened again', async () => {
    const page = await house.openPage('/servers/media-01');
    await page.getByRole('link', { name: 'the last 7 days' }).click();
    await page.locator('[data-tier="10min"]').waitFor();
    expect(page.url()).toMatch(/range=7d$/);
    await page.reload();
    await page.locator('[data-tier="10min"]').waitFor();
    const chosen = page.getByRole('link', { name: 'the last 7 days' });
    expect(await chosen.getAttribute('aria-current')).toBe('page');
  });

  test('a chart is shown as a table, in numbers', async () => {
    const page = await house.openPage('/servers/media-01');
    await drawn(page, 'memory').waitFor();
    await page.getByRole('button', { name: 'Show as table of Memory' }).click();
    const table = page.getByRole('table', { name: 'Memory', exact: true });
    await table.getByRole('cell', { name: /%/ }).first().waitFor();
    expect(await wrongWith(page)).toEqual([]);
  });

  test('from the failed service to its time line, whose address shows somebody else the same', async () => {
    const page = await house.openPage('/servers/media-01');
    await page.getByRole('link', { name: 'Time line of this failure' }).click();
    const moments = (on: Page) => on.getByRole('list', { name: 'What happened, oldest first' });
    await moments(page).locator('[data-kind="journal"]').first().waitFor();
    await moments(page).locator('[data-kind="service"]', { hasText: 'Failed' }).waitFor();
    expect(new URL(page.url()).searchParams.get('at')).toBe(stoppedAt);
    const words = await moments(page).innerText();
    expect(await wrongWith(page)).toEqual([]);

    const { pathname, search } = new URL(page.url());
    const phone = await house.openPage(pathname + search, PHONE);
    await moments(phone).locator('[data-kind="journal"]').first().waitFor();
    const flat = (text: string) => text.replace(/\s+/g, ' ');
    expect(flat(await moments(phone).innerText())).toBe(flat(words));
    expect(await wrongWith(phone)).toEqual([]);
    expect(await isInside(phone)).toBe(true);
  });

  test('the history of a service has its days, its months and each change with its reason', async () => {
    for (const viewport of [{ width: 1440, height: 900 }, PHONE]) {
      const page = await house.openPage('/servers/media-01/services/plex/history', viewport);
      const changes = page.getByRole('table', { name: 'Changes of plex' });
      await changes.locator('[data-status="failed"]').waitFor();
      await page.getByRole('table', { name: 'Availability by month' }).waitFor();
      const days = page.getByRole('slider', { name: 'Availability, a day' });
      expect(await days.getAttribute('aria-valuetext')).toContain('down for');
      expect(await wrongWith(page)).toEqual([]);
      expect(await isInside(page)).toBe(true);
    }
  });

  test('the settings say what is kept, and for how long', async () => {
    const page = await house.openPage('/settings/kept', PHONE);
    await page.locator('[data-kept="events"]').waitFor();
    expect(await wrongWith(page)).toEqual([]);
    expect(await isInside(page)).toBe(true);
  });
});
