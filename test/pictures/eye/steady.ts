import type { Page } from 'playwright-core';
import { AS_THEY_ARE, SOON_KNOWN, STEADY_STYLE, UNCERTAIN_TERMS, WHOLE_TEXTS, WORDS } from './varying.ts';

/** Runs in the page, where these are. It holds nothing of this module. */
interface TextNode {
  nodeValue: string;
  readonly parentElement: { closest(selector: string): Element | null } | null;
}
interface Element {
  readonly textContent: string;
  readonly nextElementSibling: Element | null;
  hidden: boolean;
  matches(selector: string): boolean;
  querySelectorAll(selector: string): Iterable<Element>;
}
interface Sheet {
  replaceSync(css: string): void;
}
declare const document: {
  readonly body: Element;
  adoptedStyleSheets: readonly Sheet[];
  createTreeWalker(root: Element, whatToShow: number): { nextNode(): TextNode | null };
};
declare const CSSStyleSheet: new () => Sheet;
declare const MutationObserver: new (
  onChange: () => void,
) => { observe(root: Element, options: Record<string, boolean>): void };

interface Steadiness {
  readonly style: string;
  readonly words: readonly (readonly [pattern: RegExp, steady: string])[];
  readonly wholeTexts: readonly (readonly [selector: string, steady: string])[];
  readonly soonKnown: readonly string[];
  readonly uncertainTerms: readonly string[];
  readonly asTheyAre: string;
}

/**
 * From now on the page shows the same words for what is different in every run: moments, ages, process ids, readings.
 * Changes are made over before they are painted, so that a clock that ticks is never seen ticking.
 */
export async function holdSteady(
  page: Page,
  literals: readonly (readonly [string, string])[],
): Promise<void> {
  const spoken = literals.map(([text, steady]) => [new RegExp(escapeForPattern(text), 'g'), steady] as const);
  await page.evaluate(keepSteady, {
    style: STEADY_STYLE,
    words: [...spoken, ...WORDS],
    wholeTexts: WHOLE_TEXTS,
    soonKnown: SOON_KNOWN,
    uncertainTerms: UNCERTAIN_TERMS,
    asTheyAre: AS_THEY_ARE.join(),
  });
}

const escapeForPattern = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

function keepSteady({ style, words, wholeTexts, soonKnown, uncertainTerms, asTheyAre }: Steadiness): void {
  const SHOW_TEXT = 4;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

  const steady = () => {
    const done = new Set<unknown>();
    const walker = document.createTreeWalker(document.body, SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      if (node.parentElement?.closest(asTheyAre)) continue;
      let text = words.reduce((before, [pattern, word]) => before.replace(pattern, word), node.nodeValue);
      for (const [selector, whole] of wholeTexts) {
        const element = node.parentElement?.closest(selector);
        if (!element) continue;
        if (element.textContent.trim() === '–' && !soonKnown.some((soon) => element.matches(soon))) continue;
        // The first text of the element says it all, the others say nothing.
        text = done.has(element) ? '' : whole;
        done.add(element);
        break;
      }
      if (text !== node.nodeValue) node.nodeValue = text;
    }
    for (const term of document.body.querySelectorAll('dt')) {
      if (!uncertainTerms.includes(term.textContent)) continue;
      for (const part of [term, term.nextElementSibling]) if (part !== null) part.hidden = true;
    }
  };
  steady();
  const everything = { subtree: true, childList: true, characterData: true };
  new MutationObserver(steady).observe(document.body, everything);
}
