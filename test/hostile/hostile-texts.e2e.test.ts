import { visible } from '@homelabcmd/protocol';
import { ApiClient } from '@homelabcmd/testkit';
import { hostileTexts } from '@homelabcmd/testkit/hostile';
import type { LyingAgent } from '@homelabcmd/testkit/lying-agent';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../scripts/browser.mjs';
import { type HubProcess, startHubProcess } from '../house/hub-process.ts';
import { askAll, carryOut, connectLiar, hostileNames, reportAll, SERVER, Tally, writeAll } from './feed.ts';
import { readLog } from './log-lines.ts';
import { openWatchedPage, pathsOfDashboard, type WatchedPage } from './watched-page.ts';

/** What Chromium says of an answer that is no success: pages that ask for what is not there get one. */
const NOT_A_SUCCESS = /^Failed to load resource: the server responded with a status of 4\d\d/;
const SECTIONS = [
  'hub',
  'account',
  'people',
  'keys',
  'policies',
  'alert-rules',
  'jobs',
  'notifications',
  'kept',
  'freeze',
  'servers',
  'enrolment',
  'browser',
];

const tally = new Tally();
let hub: HubProcess;
let client: ApiClient;
let agent: LyingAgent;
let browser: Browser;
let watched: WatchedPage;
let waiting: number[] = [];
let done: number[] = [];

beforeAll(async () => {
  hub = await startHubProcess({ HOMELABCMD_LOG_LEVEL: 'trace' });
  client = new ApiClient(hub.url, hub.apiKey);
  agent = await connectLiar(hub.url, client);
  browser = await launchBrowser();
  watched = await openWatchedPage(browser, NOT_A_SUCCESS);
  await watched.page.goto(hub.url);
  await watched.page.locator('input[name="api_key"]').fill(hub.apiKey);
  await watched.page.keyboard.press('Enter');
  await watched.page.locator(`[data-server="${SERVER}"]`).waitFor();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await agent?.[Symbol.asyncDispose]();
  await hub?.[Symbol.asyncDispose]();
});

/** Nothing ran, nothing was refused by the content policy, nothing is hidden in what is open. */
async function expectClean(where: string): Promise<void> {
  expect([where, await watched.spoiled(), watched.told]).toEqual([where, [], []]);
}

async function visit(path: string): Promise<void> {
  await watched.page.goto(hub.url + path);
  const heading = watched.page.locator('h1').first();
  await heading.waitFor({ state: 'attached' }).catch((cause: unknown) => {
    throw new Error(`${path} shows no page`, { cause });
  });
}

test('every text goes into every place, while the page of the server is open', {
  timeout: 600_000,
}, async () => {
  await visit(`/servers/${SERVER}`);
  await reportAll(agent, tally);
  await expectClean('the server, while it reports');
  await visit('/');
  await writeAll(client, tally);
  await expectClean('the fleet, while people write');
  done = await carryOut(client, tally);
  waiting = await askAll(client, tally);
  expect(agent.goodbye()).toBeNull();
  expect(waiting.length).toBeGreaterThan(20);
});

/** A path of the dashboard with what stands in it. */
function visitsOf(path: string): string[] {
  const names = hostileNames.filter((_, nth) => nth % 60 === 0);
  return path
    .replace('$serverId', SERVER)
    .split('|')
    .flatMap((one) => {
      if (one.includes('$section')) return SECTIONS.map((section) => one.replace('$section', section));
      if (one.includes('$actionId'))
        return [...waiting.slice(0, 6), ...done.slice(0, 6)].map((id) =>
          one.replace('$actionId', String(id)),
        );
      if (one.includes('$serviceName'))
        return names.map((name) => one.replace('$serviceName', encodeURIComponent(name)));
      return [one];
    });
}

/** Nested routes are named from their parent on. */
const whole = (path: string): string => (path.startsWith('/services/') ? `/servers/$serverId${path}` : path);

test.each([
  ['light', 1440],
  ['dark', 390],
] as const)(
  'no page runs, asks for or hides anything: %s, %s wide',
  { timeout: 600_000 },
  async (colorScheme, width) => {
    await watched.page.emulateMedia({ colorScheme });
    await watched.page.setViewportSize({ width, height: 900 });
    const paths = [...pathsOfDashboard().map(whole), '/alerts?view=all', '/alerts/1'];
    expect(paths.length).toBeGreaterThan(12);
    for (const path of paths)
      for (const one of visitsOf(path)) {
        await visit(one);
        await expectClean(one);
      }
  },
);

test('what is approved is seen whole: a name that hides something shows it', async () => {
  await watched.page.setViewportSize({ width: 1440, height: 900 });
  let hiding = 0;
  for (const actionId of waiting) {
    await visit(`/actions/${actionId}`);
    const { service_name } = (await (
      await fetch(`${hub.url}/api/v1/actions/${actionId}`, { headers: { 'x-api-key': hub.apiKey } })
    ).json()) as { service_name: string };
    if (visible(service_name) !== service_name) hiding += 1;
    const shown = await watched.page.locator('main').textContent();
    expect([actionId, shown?.includes(visible(service_name))]).toEqual([actionId, true]);
    expect(await watched.page.locator('[data-testid="approve-button"]').count()).toBe(1);
  }
  expect(hiding).toBeGreaterThan(5);
  await expectClean('actions that wait');
});

test('what is searched for stands on the page as text', { timeout: 300_000 }, async () => {
  for (const [nth, text] of hostileTexts.entries()) {
    if (nth % 25 !== 0 || text.length > 100 || !text.isWellFormed()) continue;
    for (const path of ['/actions?q=', '/actions/audit?q=']) {
      await visit(path + encodeURIComponent(text));
      await expectClean(path + JSON.stringify(text));
    }
  }
  await visit('/');
  await watched.page.keyboard.press('Control+k');
  await watched.page.getByRole('dialog').waitFor();
  await watched.page.keyboard.type('plex');
  await expectClean('the palette');
  expect(watched.told).toEqual([]);
});

test('a line of the log of the hub is one event, whatever is in it', async () => {
  for (const text of hostileTexts) {
    const socket = new WebSocket(`${hub.url.replace('http', 'ws')}/agent/v1/link`);
    await new Promise((resolve) => socket.addEventListener('open', resolve));
    socket.send(JSON.stringify({ v: 2, type: text.slice(0, 200), [text.slice(0, 200)]: 1 }));
    await new Promise((resolve) => socket.addEventListener('close', resolve));
  }
  const { events, bad } = readLog(hub.output());
  expect(bad).toEqual([]);
  expect(events).toBeGreaterThan(hostileTexts.length);
  tally.took('line of the log', hostileTexts.length);
});

test('files for spreadsheets and programs are whole', async () => {
  for (const what of ['actions', 'audit']) {
    const get = async (format: string) =>
      (
        await fetch(`${hub.url}/api/v1/${what}/export?format=${format}`, {
          headers: { 'x-api-key': hub.apiKey },
        })
      ).text();
    const things = JSON.parse(await get('json')) as unknown[];
    const cells = [...(await get('csv')).matchAll(/("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/g)];
    const rows = cells.filter(([, , end]) => end === '\r\n').length;
    expect([what, rows]).toEqual([what, things.length + 1]);
    for (const [, cell = ''] of cells) {
      const text = cell.replace(/^"/, '').replace(/^[\s\p{Cc}\p{Cf}]+/u, '');
      if (!/^-?\d+$/.test(text)) expect(text).not.toMatch(/^[=+\-@＝＋－＠]/);
    }
    tally.took(`cells of ${what}`, cells.length);
  }
});

test('what was done, in figures', () => {
  const sum = (counts: ReadonlyMap<string, number>) =>
    [...counts.values()].reduce((all, one) => all + one, 0);
  console.log(
    `${hostileTexts.length} texts, ${tally.taken.size} places: ${sum(tally.taken)} taken, ${sum(tally.refused)} refused;`,
    Object.fromEntries(tally.taken),
    Object.fromEntries(tally.refused),
  );
  expect(watched.told).toEqual([]);
});
