import type { Page } from 'playwright-core';

/** One way to look at a page. */
export interface View {
  /** `1440-light` */
  readonly name: string;
  readonly width: number;
  /** The least height; a longer page is seen whole. */
  readonly height: number;
  readonly theme: 'light' | 'dark';
}

const SCREENS = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
];

/** All the ways to look at a page. */
export const VIEWS: readonly View[] = SCREENS.flatMap((screen) =>
  (['light', 'dark'] as const).map((theme) => ({ name: `${screen.width}-${theme}`, theme, ...screen })),
);

const OF_DETAILS = ['1440-light', '390-dark'];

/** How a scene is looked at: in all views, or in two that are most unlike each other. */
export const viewsOf = ({ isMinor }: { readonly isMinor?: true }): readonly View[] =>
  isMinor === true ? VIEWS.filter(({ name }) => OF_DETAILS.includes(name)) : VIEWS;

interface Root {
  readonly scrollHeight: number;
  readonly clientHeight: number;
  readonly scrollWidth: number;
  readonly clientWidth: number;
}
declare const document: {
  readonly documentElement: Root;
  querySelectorAll(selector: string): Iterable<Root>;
  readonly fonts: { readonly ready: Promise<unknown> };
};

/** Turns the page into this view, as high as all that is on it. Answers how much wider it, or a dialog on it, is than its place. */
export async function lookAt(page: Page, { width, height, theme }: View): Promise<{ overflowPx: number }> {
  await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
  await page.setViewportSize({ width, height });
  const content = await page.evaluate(async () => {
    await document.fonts.ready;
    const { scrollHeight, scrollWidth } = document.documentElement;
    const dialogs = [...document.querySelectorAll('dialog[open]')];
    return {
      scrollHeight,
      scrollWidth,
      inDialogPx: dialogs.map((each) => each.scrollWidth - each.clientWidth),
    };
  });
  await page.setViewportSize({ width, height: Math.max(height, content.scrollHeight) });
  return { overflowPx: Math.max(content.scrollWidth - width, ...content.inDialogPx) };
}

/** What came since then may have made the page longer. */
export async function fitHeight(page: Page, { width }: View): Promise<void> {
  const { clientHeight, scrollHeight } = await page.evaluate(() => {
    const { clientHeight, scrollHeight } = document.documentElement;
    return { clientHeight, scrollHeight };
  });
  if (scrollHeight > clientHeight) await page.setViewportSize({ width, height: scrollHeight });
}

export const shoot = (page: Page): Promise<Buffer> =>
  page.screenshot({ animations: 'disabled', caret: 'hide', scale: 'css' });
