/// <reference lib="dom" />
import { AS_OF_HEADER } from '@homelabcmd/protocol';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchBrowser } from '../../scripts/browser.mjs';
import { firstLoadOf } from '../../test/house/first-load.ts';
import { distributionOf, type Finding, forComparison, milliseconds } from '../statistics.ts';
import { type FleetProcess, forkFleet } from './fork.ts';
import type { FleetReady } from './process.ts';

const LOADS = 15;
const FIRST_SCREEN_ROWS = 20;
const BURST_MS = 15_000;
const CHANGES_PER_SECOND = 500;
const INTERACTIVE_LIMIT_MS = 1000;
const FRAME_LIMIT_MS = 50;
const FIRST_LOAD_LIMIT_KB = 170;

/** The Fleet page on a large fleet: how soon it can be used, and how smooth it stays while much changes. */
export async function benchFleetPage(): Promise<Finding[]> {
  await using stack = new AsyncDisposableStack();
  const fleet = stack.use(await forkFleet());
  const { ready } = fleet;
  const browser = await launchBrowser();
  stack.defer(() => browser.close());
  await onePage(browser, ready, (page) => load(page, ready));
  const loads: Loaded[] = [];
  for (let round = 0; round < LOADS; round += 1)
    loads.push(await onePage(browser, ready, (page) => load(page, ready)));
  const usable = distributionOf(loads.map((each) => each.usableMs));
  const { gzipBytes, files } = await onePage(browser, ready, (page) =>
    firstLoadOf(page, ready.url, 'tr[data-server]'),
  );
  const frames = await onePage(browser, ready, (page) => framesOf(page, fleet));
  return [
    {
      bar: 'P4',
      what: `Fleet, ${ready.servers} servers × ${ready.services} services: from the press to usable`,
      figure: milliseconds(usable),
      limit: `p95 ≤ ${INTERACTIVE_LIMIT_MS} ms`,
      isReached: usable.p95 <= INTERACTIVE_LIMIT_MS,
    },
    forComparison({
      bar: 'P4',
      what: 'the same loads, until every server has its row',
      figure: milliseconds(distributionOf(loads.map((each) => each.wholeMs))),
    }),
    {
      bar: 'P4',
      what: `first load, script and style (${files.length} files)`,
      figure: `${(gzipBytes / 1000).toFixed(1)} kB gzip`,
      limit: `≤ ${FIRST_LOAD_LIMIT_KB} kB`,
      isReached: gzipBytes <= FIRST_LOAD_LIMIT_KB * 1000,
    },
    ...frames,
  ];
}

/** In a browser profile of its own, with nothing cached, signed in. */
async function onePage<T>(browser: Browser, fleet: FleetReady, act: (page: Page) => Promise<T>): Promise<T> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    await signIn(context, fleet);
    return await act(await context.newPage());
  } finally {
    await context.close();
  }
}

async function signIn(context: BrowserContext, { url, apiKey }: FleetReady): Promise<void> {
  const response = await context.request.post(`${url}/api/v1/session`, { data: { api_key: apiKey } });
  if (!response.ok()) throw new Error(`sign-in answered ${response.status()}`);
}

/** Milliseconds from the start of the navigation. */
interface Loaded {
  /** The rows of the first screen stand, a frame was drawn, and a task that waited behind all others has run. */
  readonly usableMs: number;
  /** Every server has its row. */
  readonly wholeMs: number;
}

async function load(page: Page, { url, servers }: FleetReady): Promise<Loaded> {
  await page.addInitScript(
    ([screen, whole]) => {
      const store = globalThis as unknown as { loaded: { usableMs?: number; wholeMs?: number } };
      store.loaded = {};
      const look = () => {
        const rows = document.querySelectorAll('tr[data-server]').length;
        if (rows >= screen && !isScreenSeen) {
          isScreenSeen = true;
          requestAnimationFrame(() => setTimeout(() => (store.loaded.usableMs = performance.now())));
        }
        if (rows < whole) return;
        store.loaded.wholeMs = performance.now();
        observer.disconnect();
      };
      let isScreenSeen = false;
      const observer = new MutationObserver(look);
      observer.observe(document, { subtree: true, childList: true });
    },
    [FIRST_SCREEN_ROWS, servers] as const,
  );
  await page.goto(url);
  const handle = await page.waitForFunction(
    () => {
      const { loaded } = globalThis as unknown as { loaded: Partial<Loaded> };
      return loaded.usableMs !== undefined && loaded.wholeMs !== undefined && loaded;
    },
    undefined,
    { timeout: 60_000 },
  );
  return (await handle.jsonValue()) as Loaded;
}

/** The time from frame to frame, first at rest, which is the limit that this machine sets, then in the burst. */
async function framesOf(page: Page, { ready, order }: FleetProcess): Promise<Finding[]> {
  await load(page, ready);
  const quiet = distributionOf(await recordFrames(page, BURST_MS / 3));
  const before = await headOf(page);
  order({ kind: 'stir', changesPerSecond: CHANGES_PER_SECOND });
  const began = performance.now();
  const burst = distributionOf(await recordFrames(page, BURST_MS));
  const events = (await headOf(page)) - before;
  const seconds = (performance.now() - began) / 1000;
  order({ kind: 'calm' });
  const perSecond = events / seconds;
  return [
    forComparison({
      bar: 'P4',
      what: 'frame to frame at rest, same page',
      figure: milliseconds(quiet),
    }),
    {
      bar: 'P4',
      what: `frame to frame in a burst of ${perSecond.toFixed(0)} events/s`,
      figure: milliseconds(burst),
      limit: `p95 ≤ ${FRAME_LIMIT_MS} ms at ≥ ${CHANGES_PER_SECOND}/s`,
      isReached: burst.p95 <= FRAME_LIMIT_MS && perSecond >= CHANGES_PER_SECOND,
    },
  ];
}

const recordFrames = (page: Page, forMs: number): Promise<number[]> =>
  page.evaluate(
    (duration) =>
      new Promise<number[]>((resolve) => {
        const gaps: number[] = [];
        const began = performance.now();
        let last = began;
        const step = (now: number) => {
          gaps.push(now - last);
          last = now;
          if (now - began < duration) requestAnimationFrame(step);
          else resolve(gaps);
        };
        requestAnimationFrame(step);
      }),
    forMs,
  );

/** The newest event, by the hub. */
const headOf = (page: Page): Promise<number> =>
  page.evaluate(async (header) => {
    const response = await fetch('/api/v1/servers?limit=1');
    return Number(response.headers.get(header));
  }, AS_OF_HEADER);
