/** Whoever replaces what was pressed may know better where the focus belongs, and goes first. */
const GRACE_MS = 50;

/** What the focus goes to when what had it is gone: the row, panel or page in which that stood. */
const PLACES = '[data-row], dialog, aside, main';

/**
 * Keeps the focus on the page. What is pressed here often goes away, since the hub's answer replaces it; the browser
 * would then leave the focus nowhere, and a person with a keyboard would begin at the top again. It goes to the nearest
 * place that is left instead, so that Tab continues where that person was.
 */
export function keepFocus(): void {
  let last: HTMLElement | null = null;
  /** Where `last` stood, nearest first. */
  let places: readonly HTMLElement[] = [];

  const cameTo = ({ target }: FocusEvent) => {
    if (!(target instanceof HTMLElement)) return;
    last = target;
    places = placesOf(target.parentElement);
  };
  const left = ({ target }: FocusEvent) => {
    // Someone who turned away from what is still there wanted to. An element that is being removed has gone by then.
    queueMicrotask(() => {
      if (last === target && last?.isConnected && isNowhere()) last = null;
    });
  };
  // On the way down, so that nothing on the page can keep an event from here.
  document.addEventListener('focusin', cameTo, { capture: true });
  document.addEventListener('focusout', left, { capture: true });
  const isLost = () => last !== null && !last.isConnected && isNowhere();
  const restore = () => {
    if (!isLost()) return;
    const place = places.find((each) => each.isConnected) ?? document.querySelector('main');
    if (place === null) return;
    if (!place.hasAttribute('tabindex')) place.tabIndex = -1;
    place.focus({ preventScroll: true });
  };
  new MutationObserver(() => {
    if (isLost()) setTimeout(restore, GRACE_MS);
  }).observe(document.body, { childList: true, subtree: true });
}

const isNowhere = (): boolean => document.activeElement === null || document.activeElement === document.body;

function placesOf(from: HTMLElement | null): HTMLElement[] {
  const place = from?.closest<HTMLElement>(PLACES) ?? null;
  return place === null ? [] : [place, ...placesOf(place.parentElement)];
}
