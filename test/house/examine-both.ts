import type { Page } from 'playwright-core';
import { bringExaminer, examine } from '../pictures/eye/accessibility.ts';

/** What is wrong with the page as it stands, in light and in dark, against WCAG 2.2 A and AA. */
export async function examineBoth(page: Page): Promise<string[]> {
  await bringExaminer(page);
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    found.push(...(await examine(page)).map((line) => `${colorScheme}: ${line}`));
  }
  return found;
}
