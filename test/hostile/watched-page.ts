import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { HIDDEN_CHARACTER } from '@homelabcmd/testkit/hostile';
import type { Browser, Page } from 'playwright-core';

/** A page in which whatever would be a script, a question or a breach of the content policy is told. */
export interface WatchedPage {
  readonly page: Page;
  /** Scripts that ran, dialogs, reports of the content policy and of Trusted Types, faults. All that is to stay empty. */
  readonly told: readonly string[];
  /** Texts and attributes of what is open now that hold a hidden character as it is, and whatever ran. */
  spoiled(): Promise<string[]>;
}

export async function openWatchedPage(browser: Browser, allowed: RegExp): Promise<WatchedPage> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const told: string[] = [];
  await page.exposeFunction('told', (what: string) => told.push(what));
  await page.addInitScript(() => {
    const tell = (what: string) => (window as unknown as { told(what: string): void }).told(what);
    addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sample }) =>
      tell(`content policy: ${effectiveDirective} ${blockedURI} ${sample}`),
    );
    Object.defineProperty(window, 'wasRun', {
      set: () => {
        tell('a script ran');
      },
    });
  });
  page.on('pageerror', (error) => told.push(`fault: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !allowed.test(message.text())) told.push(`console: ${message.text()}`);
  });
  page.on('dialog', (dialog) => {
    told.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!request.url().startsWith('http://127.0.0.1:') || request.url().includes(':9/'))
      told.push(`request: ${request.url().slice(0, 200)}`);
  });
  return { page, told, spoiled: () => page.evaluate(findSpoiled, HIDDEN_CHARACTER.source) };
}

/** Runs in the page: every text and every attribute that people read. */
function findSpoiled(hidden: string): string[] {
  const pattern = new RegExp(hidden, 'u');
  const found: string[] = [];
  const look = (where: string, text: string | null) => {
    if (text !== null && pattern.test(text)) found.push(`${where}: ${JSON.stringify(text.slice(0, 80))}`);
  };
  const texts = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode())
    look(node.parentElement?.tagName ?? '', node.nodeValue);
  for (const element of document.querySelectorAll('*'))
    for (const name of ['title', 'alt', 'placeholder', 'aria-label', 'aria-description', 'aria-valuetext'])
      look(`${element.tagName} ${name}`, element.getAttribute(name));
  const made = document.querySelectorAll(
    'main script, main iframe, main object, main img, [onerror], [onload]',
  );
  for (const element of made) found.push(`an element ${element.tagName}`);
  return found;
}

const ROUTES = fileURLToPath(new URL('../../packages/dashboard/src/app/routes', import.meta.url));

/** The path of every page of the dashboard, as its routes name them. */
export function pathsOfDashboard(): string[] {
  const files = readdirSync(ROUTES, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const sources = files.map((name) => readFileSync(`${ROUTES}/${name}`, 'utf8'));
  return sources.flatMap((source) =>
    [...source.matchAll(/^ {2}path: '([^']+)'/gm)].map(([, path = '']) => path),
  );
}
