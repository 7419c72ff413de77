import type { PlotLook } from './plot-data.ts';

const TOKENS = {
  accent: '--color-accent',
  second: '--color-ink-3',
  strong: '--color-ink-2',
  hair: '--color-hair',
  line: '--color-line',
  bad: '--color-bad',
} as const;
type Token = keyof typeof TOKENS;

/** The colours of the page as a canvas takes them. */
export type Ink = (token: Token, opacity?: number) => string;

/** Dashes, so that lines differ without their colours, too. */
export const LINES: Readonly<Record<PlotLook, { token: Token; width: number; dash: number[] }>> = {
  first: { token: 'accent', width: 1.5, dash: [] },
  second: { token: 'second', width: 1.25, dash: [3, 2] },
  third: { token: 'strong', width: 1.25, dash: [1, 2] },
  fourth: { token: 'strong', width: 1, dash: [6, 2, 1, 2] },
};

/** Reads the tokens as they are now: a canvas knows neither variables nor `light-dark()`. */
export function inkOf(element: HTMLElement): Ink {
  const probe = document.createElement('i');
  element.append(probe);
  const read = (token: Token): string => {
    probe.style.color = `var(${TOKENS[token]})`;
    return getComputedStyle(probe).color;
  };
  const known = Object.fromEntries(
    Object.keys(TOKENS).map((token) => [token, read(token as Token)]),
  ) as Record<Token, string>;
  probe.remove();
  return (token, opacity = 1) =>
    opacity === 1 ? known[token] : known[token].replace(/^rgb\((.*)\)$/, `rgba($1, ${opacity})`);
}

/** Calls back when the page is drawn in other colours. The answer ends it. */
export function onTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', changed);
  return () => {
    observer.disconnect();
    dark.removeEventListener('change', changed);
  };
}
