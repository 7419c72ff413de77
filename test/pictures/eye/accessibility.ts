import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** What WCAG 2.2 asks for at the levels A and AA. */
const LEVELS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

declare const document: unknown;

/** Puts the examiner into the page, once. */
export async function bringExaminer(page: Page): Promise<void> {
  await page.evaluate(axe.source);
}

/** What is wrong with the page as it stands: one line for each element that breaks a rule. */
export async function examine(page: Page): Promise<string[]> {
  const results = await page.evaluate(inPage, LEVELS);
  return results.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, any, all, none }) => {
      const why = [...any, ...all, ...none].map(({ message }) => message).join('; ');
      return `${id}: ${help}: ${target.join(' ')} (${why})`;
    }),
  );
}

function inPage(levels: string[]): Promise<axe.AxeResults> {
  const { axe: examiner } = globalThis as unknown as { axe: typeof axe };
  return examiner.run(document as axe.ElementContext, { runOnly: levels, resultTypes: ['violations'] });
}
