import { readFile } from 'node:fs/promises';
import { api } from '@homelabcmd/protocol';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countingService, labProblem } from '../../lab/index.ts';
import { editEntry } from '../house/edited-entry.ts';
import { type House, openHouse } from '../house/house.ts';

describe.skipIf(labProblem() !== null)(`audit ${labProblem() ?? ''}`, () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse();
    await house.addServer('media-01', {
      units: { 'plex.service': countingService('plex') },
      enable: ['plex.service'],
      allow: ['plex.service'],
      expect: ['plex'],
    });
    const params = { server_id: 'media-01', service_name: 'plex' };
    const { action_id } = await house.client.call(api.restartService, { params });
    await house.client.call(api.approveAction, { params: { action_id } });
    await house.untilAction(action_id, 'completed');
  });
  afterAll(() => house?.[Symbol.asyncDispose]());

  const rowOf = (page: Page, what: string) =>
    page.locator('[data-entry]', { has: page.getByRole('button', { name: what }) });
  const check = async (page: Page) => {
    await page.getByRole('button', { name: 'Check now' }).click();
    await page.getByText(/: [\d,]+ entries, checked/).waitFor();
  };

  test('from an action to who asked for it, from where, and to the whole of it as a file', async () => {
    const page = await house.openPage('/actions/1');
    await page.getByRole('link', { name: 'Audit entries' }).click();
    const approved = rowOf(page, 'Approved the restart of plex');
    await approved.getByText('127.0.0.1').waitFor();
    expect(await page.locator('[data-entry]').count()).toBe(5);
    await rowOf(page, 'Restarted plex').getByText('agent media-01').waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Export the entries as CSV' }).click();
    const lines = (await readFile(await (await download).path(), 'utf8')).trimEnd().split('\r\n');
    expect(lines).toHaveLength(6);
    expect(lines[4]).toContain(',dashboard,action.approved,media-01,1,127.0.0.1,');
    await page.getByRole('link', { name: 'Clear the filters' }).click();
    await rowOf(page, 'Expects plex to run').waitFor();
  });

  test('what happens while one reads is there by itself', async () => {
    const page = await house.openPage('/actions/audit');
    await rowOf(page, 'Restarted plex').waitFor();
    await house.client.call(api.setMaintenance, {
      params: { server_id: 'media-01' },
      body: { on: true, reason: 'new disk' },
    });
    const begun = rowOf(page, 'Began maintenance');
    await begun.getByText('“new disk”').waitFor();
    expect(await begun.getAttribute('data-entry')).toBe(
      await page.locator('[data-entry]').first().getAttribute('data-entry'),
    );
  });

  test('the chain is checked on the page, with what the agents hold; one that was edited is named', async () => {
    const page = await house.openPage('/actions/audit');
    await page.getByText('The chain has not been checked yet').waitFor();
    await check(page);
    await page.getByText('The chain holds').waitFor();
    await page.getByText('The agents of 1 of 1 server hold it too').click();
    await page.getByText(/Agrees, up to entry \d+/).waitFor();

    const { entries } = await house.client.call(api.listAudit, { query: { verb: 'action.approved' } });
    const { entry } = entries[0] ?? expect.fail('nothing was approved');
    const before = editEntry(house.hub.dataDir, entry, 'by nobody, {');
    await check(page);
    await page.getByText(`Entry ${entry} was edited`).waitFor();
    await page.reload();
    const edited = page.locator(`[data-entry="${entry}"]`);
    await edited.getByText('Does not hold.').waitFor();
    await edited.getByText('by nobody, {').waitFor();

    editEntry(house.hub.dataDir, entry, before);
    await check(page);
    await page.getByText('The chain holds').waitFor();
  });
});
