import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { countingService, type Lab, labProblem, type LabServer, openLab, runsOf } from '../../lab/index.ts';
import { launchBrowser } from '../../scripts/browser.mjs';
import { setUpLink, startHubProcess } from '../house/hub-process.ts';
import { serviceRow } from '../house/service-row.ts';

const MOST_PRESSES = 12;
const LONGEST_MS = 5 * 60_000;

/** Someone who uses the product for the first time; every press of the mouse and of Enter is counted, typing is not. */
class NewUser {
  readonly page: Page;
  readonly complaints: string[] = [];
  presses = 0;

  constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
  }

  async click(target: Locator): Promise<void> {
    await target.click();
    this.presses += 1;
  }

  async press(target: Locator, key: string): Promise<void> {
    await target.press(key);
    this.presses += 1;
  }
}

/** A server that has never heard of the product, and one of whose services has failed. */
async function bootServer(lab: Lab, name: string, service: string): Promise<LabServer> {
  const server = await lab.boot(name, {
    ownNetwork: true,
    units: { [`${service}.service`]: countingService(service) },
    enable: [`${service}.service`],
  });
  process.kill(await server.mainPid(`${service}.service`), 'SIGKILL');
  return server;
}

/** Types what the page shows at a terminal of root on the server, as it stands there, and then these answers; root has no need of sudo. */
async function typeAsShown(server: LabServer, shown: Locator, answers = ''): Promise<string> {
  const line = (await shown.innerText()).replace(/^sudo /, '');
  const terminal = ['script', '--quiet', '--return', '--command', line, '/dev/null'];
  const result = await server.exec(terminal, { input: answers, timeoutMs: 120_000 });
  if (result.code !== 0) throw new Error(`${line}\n${result.stdout}`);
  return result.stdout;
}

/** From the first page to the line for a new server, which is run there, and on to its page. */
async function addServer(user: NewUser, server: LabServer): Promise<void> {
  const { page } = user;
  await user.click(page.getByRole('link', { name: 'Add server' }));
  await page.getByLabel('Name', { exact: true }).fill(server.name);
  await user.press(page.getByLabel('Name', { exact: true }), 'Enter');
  const waiting = page.getByText(`Waiting for the agent of ${server.name}`);
  await waiting.waitFor();
  // It says what it will do and asks; then it asks what may be restarted, and Enter means nothing.
  const said = await typeAsShown(server, page.locator('.enrolment .cmd code'), 'y\n\n');
  expect(said).toContain('Which of them may be restarted from the hub?');
  await page.getByText(`${server.name} is here`).waitFor();
  await user.click(page.getByRole('link', { name: `Open ${server.name}` }));
}

test.skipIf(labProblem() !== null)(
  `from an empty folder to a service that is restarted and proven ${labProblem() ?? ''}`,
  { timeout: LONGEST_MS },
  async () => {
    await using stack = new AsyncDisposableStack();
    const lab = stack.use(await openLab());
    const server = await bootServer(lab, 'media-01', 'jellyfin');
    const browser = await launchBrowser();
    stack.defer(() => browser.close());

    const startedAtMs = performance.now();
    const hub = stack.use(
      await startHubProcess({ HOMELABCMD_HOST: lab.gateway ?? '', HOMELABCMD_LOCAL_AGENT: 'on' }),
    );
    // A browser asks once about a certificate that the hub has made itself: «Advanced», «Proceed».
    const user = new NewUser(await browser.newPage({ ignoreHTTPSErrors: true }));
    user.presses += 2;
    const { page } = user;
    await page.goto(setUpLink(hub));
    await page.getByLabel('Name', { exact: true }).fill('kim');
    await page.getByLabel('Password', { exact: true }).fill('correct horse battery staple');
    await user.press(page.getByLabel('Password', { exact: true }), 'Enter');
    // The machine that the hub runs on is there, without anything done for it.
    await page.locator('[data-server][data-liveness="online"]').waitFor();

    await addServer(user, server);
    await user.click(page.getByRole('checkbox', { name: 'jellyfin' }));
    await user.click(page.getByRole('button', { name: 'Expect 1 service' }));
    const { row, restart, approve, untilShows } = serviceRow(page, 'jellyfin');
    await untilShows('failed');
    // It only watches, and keeps its journal, until the line that the page gives is typed on the server.
    await typeAsShown(server, row.locator('.cmd code').filter({ hasText: 'homelabcmd-agent allow' }));
    await row.getByText('Main process exited, code=killed, status=9/KILL').waitFor();
    await restart.waitFor();

    const before = await runsOf(server, 'jellyfin');
    await user.click(restart);
    await approve.and(page.locator(':not([aria-disabled="true"])')).waitFor();
    await user.click(approve);
    await untilShows('running');
    await page.getByText('jellyfin is running again').waitFor();
    const after = await runsOf(server, 'jellyfin');
    const waitedMs = performance.now() - startedAtMs;

    console.log(
      `new user: ${user.presses} presses, ${user.complaints.length} console errors, ${Math.round(waitedMs / 1000)} s`,
    );
    expect(after).toHaveLength(before.length + 1);
    expect(await server.unit('jellyfin.service', 'InvocationID')).toBe(after.at(-1));
    expect(user.complaints).toEqual([]);
    expect(user.presses).toBeLessThanOrEqual(MOST_PRESSES);
    expect(waitedMs).toBeLessThan(LONGEST_MS);
  },
);
