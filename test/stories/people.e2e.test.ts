import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countingService, labProblem } from '../../lab/index.ts';
import { type House, openHouse } from '../house/house.ts';
import { setUpLink } from '../house/hub-process.ts';
import { serviceRow } from '../house/service-row.ts';

const PASSWORD = 'correct horse battery staple';
/** What is taken away has an effect in what is open within this time. */
const AT_ONCE_MS = 1000;

let house: House;
beforeAll(async () => {
  if (labProblem() === null) house = await openHouse();
});
afterAll(async () => {
  await house?.[Symbol.asyncDispose]();
});

/** A page of somebody who is in no way signed in. */
async function stranger(address: string): Promise<Page> {
  const page = await (await house.openProfile()).newPage();
  await page.goto(address);
  return page;
}

/** Chooses a line of the menu of a person. */
async function choose(page: Page, person: string, line: string): Promise<void> {
  await page.getByRole('button', { name: `More for ${person}` }).click();
  await page.getByRole('menuitem', { name: line }).click();
}

async function addViewer(admin: Page, name: string): Promise<string> {
  await admin.goto(`${house.hub.url}/settings/people`);
  await admin.getByRole('button', { name: 'Add a person' }).click();
  await admin.getByLabel('Name', { exact: true }).fill(name);
  await admin.getByRole('button', { name: 'Make the invitation' }).click();
  const link = await admin.locator('.new-secret code').innerText();
  await admin.getByRole('button', { name: 'I have handed it over' }).click();
  return link;
}

test.skipIf(labProblem() !== null)(
  `the first account, an invitation, a role that changes, and a page that is thrown out ${labProblem() ?? ''}`,
  { timeout: 120_000 },
  async () => {
    const server = await house.addServer('media-01', {
      units: { 'jellyfin.service': countingService('jellyfin') },
      enable: ['jellyfin.service'],
      allow: ['jellyfin.service'],
      expect: ['jellyfin'],
    });
    await server.exec(['systemctl', 'stop', 'jellyfin.service']);
    await house.untilService('media-01', 'jellyfin', ({ status }) => status !== 'running');

    // The link of the console makes the first account, and does not stay in the address.
    const admin = await stranger(setUpLink(house.hub));
    await admin.getByLabel('Name', { exact: true }).fill('anna');
    expect(admin.url()).toBe(`${house.hub.url}/setup`);
    await admin.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await admin.keyboard.press('Enter');
    await admin.locator('[data-server="media-01"]').waitFor();

    // Somebody else takes up the invitation, and sees everything and no button.
    const link = await addViewer(admin, 'sam');
    const sam = await stranger(link);
    await sam.getByRole('heading', { name: 'Welcome, sam' }).waitFor();
    expect(sam.url()).toBe(`${house.hub.url}/invitation`);
    await sam.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await sam.keyboard.press('Enter');
    await sam.locator('[data-server="media-01"]').waitFor();
    await sam.goto(`${house.hub.url}/servers/media-01`);
    const { row, restart } = serviceRow(sam, 'jellyfin');
    await row.waitFor();
    expect(await restart.count()).toBe(0);

    // A role that is given counts in the page that is open; one that is taken, too.
    await admin.locator('[data-person="sam"]').getByText('Active').waitFor();
    await choose(admin, 'sam', 'Change role…');
    await admin.getByRole('radio', { name: /^Operator/ }).check();
    await admin.getByRole('button', { name: 'Change the role' }).click();
    await restart.waitFor();
    await choose(admin, 'sam', 'Change role…');
    await admin.getByRole('radio', { name: /^Viewer/ }).check();
    await admin.getByRole('button', { name: 'Change the role' }).click();
    await restart.waitFor({ state: 'detached' });

    // Whoever is disabled is out, with what they have open.
    await choose(admin, 'sam', 'Disable…');
    const answered = admin.waitForResponse((response) => response.request().method() === 'PATCH');
    await admin.getByRole('button', { name: 'Disable sam' }).click();
    await answered;
    const disabledAtMs = performance.now();
    await sam.waitForURL(/\/sign-in/, { timeout: 10_000 });
    const outAfterMs = performance.now() - disabledAtMs;
    console.log(`disabled: the page is thrown out after ${Math.round(outAfterMs)} ms`);
    expect(outAfterMs).toBeLessThan(AT_ONCE_MS);
    await sam.getByLabel('Name', { exact: true }).fill('sam');
    await sam.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await sam.keyboard.press('Enter');
    await sam.getByText('Name or password is not right.').waitFor();
  },
);
