import { api } from '@homelabcmd/protocol';
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { type House, signIn } from '../house/house.ts';
import type { Visit } from './scene.ts';

const BROWSER: BrowserContextOptions = {
  viewport: { width: 1440, height: 900 },
  deviceScaleFactor: 1,
  locale: 'en-GB',
  timezoneId: 'UTC',
  reducedMotion: 'reduce',
};

/** A visit of a house; all pages that it opened are closed with it. */
export function visit(house: House): Visit & AsyncDisposable {
  const contexts: BrowserContext[] = [];
  const open = async () => {
    const context = await house.openProfile(BROWSER);
    contexts.push(context);
    return context;
  };
  return {
    house,
    page: async (path, before) => {
      const context = await open();
      await signIn(context, house.hub);
      const page = await openWithFonts(context, house);
      await before?.(page);
      await page.goto(house.hub.url + path);
      await page.locator('[data-testid="connection"][data-state="live"]').waitFor();
      if (before === undefined) await untilDrawn(page);
      return page;
    },
    person: async (name, password, path) => {
      const context = await open();
      const answer = await context.request.post(`${house.hub.url}/api/v1/session`, {
        data: { name, password },
      });
      if (!answer.ok()) throw new Error(`${name} could not sign in: ${answer.status()}`);
      // However many scenes were shown before, this is the one session that they have.
      await context.request.delete(`${house.hub.url}/api/v1/sessions`);
      const page = await openWithFonts(context, house);
      await page.goto(house.hub.url + path);
      await page.locator('[data-testid="connection"][data-state="live"]').waitFor();
      return page;
    },
    stranger: async (path) => {
      const page = await (await open()).newPage();
      await page.goto(house.hub.url + path);
      return page;
    },
    async [Symbol.asyncDispose]() {
      for (const context of contexts) await context.close();
    },
  };
}

/**
 * A page that has its fonts before what is looked at is drawn. The Chromium that comes with the tests has hardly any of its own,
 * and ends where a letter is in none of them; what the hub says of itself is drawn with those that it has.
 */
async function openWithFonts(context: BrowserContext, house: House): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${house.hub.url}/settings`);
  await page.getByText('Running for').waitFor();
  await page.evaluate('document.fonts.ready.then(() => null)');
  return page;
}

/** Readings come every few seconds; until the first of each server has come the page shows none. */
async function untilDrawn(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor();
  const readings = page.locator(
    '[data-liveness="online"] ~ .readings .read, tr[data-liveness="online"] .m > span',
  );
  await expect
    .poll(async () => (await readings.allTextContents()).filter((text) => text.startsWith('–')), {
      timeout: 30_000,
    })
    .toEqual([]);
  // What needs somebody is a part of its own, and comes behind the sentence that counts it.
  const sentence = await page.locator('h1').first().textContent();
  if (/(?<!Nothing )needs? you\.$/.test(sentence ?? '')) await page.locator('ol.attn > li').first().waitFor();
  // Charts are drawn as soon as their history is there, or has begun.
  const undrawn = page.locator('[data-liveness="online"] ~ .readings .chart:not(:has(canvas)), .plot-skel');
  await expect.poll(() => undrawn.count(), { timeout: 30_000 }).toBe(0);
}

/** What the machine under the lab says of itself on every page, and what the pictures show instead. */
export async function machineWords(house: House): Promise<[string, string][]> {
  const { servers } = await house.client.call(api.listServers, { query: {} });
  const ofFacts = servers.flatMap(({ facts }): [string, string][] =>
    facts === null
      ? []
      : [
          [facts.os ?? '', 'Debian GNU/Linux 12 (bookworm)'],
          [facts.kernel ?? '', '6.12.48-amd64'],
          [facts.agent_version, '0.1.0'],
          ...facts.addresses.map((address): [string, string] => [address, '192.168.1.20']),
        ],
  );
  const all: [string, string][] = [...ofFacts, [house.hub.url, 'https://hub.home.example']];
  return [...new Map(all.filter(([text]) => text !== ''))];
}
