import type { Locator, Page } from 'playwright-core';
import { until } from './house.ts';

/** A person who has no mouse, and who notices when the focus is lost. */
export interface Keyboard {
  /** Presses a key; fails when the focus was on the page and is nowhere before or after it. */
  press(key: string): Promise<void>;
  type(text: string): Promise<void>;
  /** Presses Tab until this has the focus. */
  tabTo(target: Locator): Promise<void>;
  /** How many keys were pressed. */
  presses(): number;
}

declare const document: {
  readonly activeElement: { readonly tagName: string; readonly outerHTML: string } | null;
};

/** More stops than any page has. */
const MOST_STOPS = 120;

export function keyboardOf(page: Page): Keyboard {
  let wasInside = false;
  let presses = 0;
  // A page that is loaded has no focus anywhere, and nobody has lost it.
  page.on('load', () => {
    wasInside = false;
  });

  const isInside = () =>
    page.evaluate(() => !['BODY', 'HTML', undefined].includes(document.activeElement?.tagName));
  const look = async (when: string) => {
    if (await isInside()) wasInside = true;
    // What is pressed may be replaced a moment later; between the two the browser has no focus to speak of.
    else if (wasInside) await until(`the focus is somewhere ${when}`, isInside, 3_000);
  };
  const press = async (key: string) => {
    await look(`before ${key}`);
    await page.keyboard.press(key);
    presses += 1;
    await look(`after ${key}`);
  };
  return {
    press,
    presses: () => presses,
    type: async (text) => {
      await page.keyboard.type(text);
      presses += text.length;
      await look('after typing');
    },
    tabTo: async (target) => {
      await target.first().waitFor();
      const stops: string[] = [];
      for (let stop = 0; stop < MOST_STOPS; stop += 1) {
        if (await hasFocus(target)) return;
        await look('before Tab');
        await page.keyboard.press('Tab');
        presses += 1;
        // After the last stop of a page comes the browser itself, and after that the first.
        if (!(await isInside())) await page.keyboard.press('Tab');
        await look('after Tab');
        stops.push(await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 80) ?? ''));
      }
      throw new Error(`Tab does not lead to ${String(target)}, but to:\n${stops.join('\n')}`);
    },
  };
}

/** Whether one of these has the focus. */
export const hasFocus = async (target: Locator): Promise<boolean> =>
  (await target.and(target.page().locator(':focus')).count()) > 0;
