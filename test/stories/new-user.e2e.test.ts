import { api } from '@homelabcmd/protocol';
import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { countingService, installAgent, type Lab, labProblem, openLab, runsOf } from '../../lab/index.ts';
import { launchBrowser } from '../../scripts/browser.mjs';
import { type HubProcess, startHubProcess } from '../house/hub-process.ts';
import { ApiClient } from '@homelabcmd/testkit';
import { serviceRow } from '../house/service-row.ts';

const MOST_CLICKS = 12;
const LONGEST_MS = 5 * 60_000;

/** Someone who uses the product for the first time, with a mouse; every press is counted. */
class NewUser {
  readonly page: Page;
  readonly complaints: string[] = [];
  clicks = 0;

  constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
  }

  async click(target: Locator): Promise<void> {
    await target.click();
    this.clicks += 1;
  }
}

/** What the line that the hub gives for a new server does there. */
async function addServer(hub: HubProcess, lab: Lab, name: string, service: string) {
  const server = await lab.boot(name, {
    units: { [`${service}.service`]: countingService(service) },
    enable: [`${service}.service`],
  });
  process.kill(await server.mainPid(`${service}.service`), 'SIGKILL');
  const client = new ApiClient(hub.url, hub.apiKey);
  const { token } = await client.call(api.enrolServer, { params: { server_id: name } });
  const hubUrl = hub.url.replace('http', 'ws');
  await installAgent(server, { hubUrl, token, allow: [`${service}.service`] });
  return server;
}

test.skipIf(labProblem() !== null)(
  `from an empty folder to a service that is restarted and proven ${labProblem() ?? ''}`,
  { timeout: LONGEST_MS },
  async () => {
    const startedAtMs = performance.now();
    await using stack = new AsyncDisposableStack();
    const hub = stack.use(
      await startHubProcess({ HOMELABCMD_LOCAL_AGENT: 'on', HOMELABCMD_SETTLE_MS: '2000' }),
    );
    const lab = stack.use(await openLab());
    const browser = await launchBrowser();
    stack.defer(() => browser.close());
    const user = new NewUser(await browser.newPage());
    const { page } = user;

    await page.goto(hub.url);
    await page.getByLabel('API key').fill(hub.apiKey);
    await user.click(page.getByRole('button', { name: 'Sign in' }));
    // The machine that the hub runs on is there, without anything done for it.
    await page.locator('[data-server][data-liveness="online"]').waitFor();

    const server = await addServer(hub, lab, 'media-01', 'jellyfin');
    const newcomer = page.locator('[data-server="media-01"][data-liveness="online"]');
    await newcomer.waitFor();
    await user.click(newcomer.getByRole('link'));

    const { row, restart, approve, untilShows } = serviceRow(page, 'jellyfin');
    await untilShows('failed');
    await user.click(row.getByRole('button', { name: /^More for/ }));
    await user.click(page.getByRole('menuitem', { name: 'Expect it to run' }));
    await row.getByText('Main process exited, code=killed, status=9/KILL').waitFor();

    const before = await runsOf(server, 'jellyfin');
    await user.click(restart);
    await approve.and(page.locator(':not([aria-disabled="true"])')).waitFor();
    await user.click(approve);
    await untilShows('running');
    await page.getByText('jellyfin is running again').waitFor();
    const after = await runsOf(server, 'jellyfin');
    const waitedMs = performance.now() - startedAtMs;

    console.log(
      `new user: ${user.clicks} clicks, ${user.complaints.length} console errors, ${Math.round(waitedMs / 1000)} s`,
    );
    expect(after).toHaveLength(before.length + 1);
    expect(await server.unit('jellyfin.service', 'InvocationID')).toBe(after.at(-1));
    expect(user.complaints).toEqual([]);
    expect(user.clicks).toBeLessThanOrEqual(MOST_CLICKS);
    expect(waitedMs).toBeLessThan(LONGEST_MS);
  },
);
