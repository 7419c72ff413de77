import { useEffect, useLayoutEffect, useRef } from 'react';
import { areKeysOn } from './browser/key-switch.ts';

const SEQUENCE_MS = 1000;
const REPEATING: ReadonlySet<string> = new Set(['j', 'k']);

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));

/** An overlay or menu is open: its own keys count, the page's do not. */
const hasOverlay = (): boolean => document.querySelector('dialog[open], [role="menu"]') !== null;

/** `Enter` on a link or button is that element's own. */
const isPressable = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('a, button, summary') !== null;

/**
 * Single keys and two-key sequences (`g f`) for the whole page. Never while typing, with a modifier, or under an
 * overlay, and not while they are switched off.
 */
export function useKeys(keys: Readonly<Record<string, () => void>>): void {
  const newest = useRef(keys);
  useLayoutEffect(() => {
    newest.current = keys;
  });
  useEffect(() => {
    let first = '';
    let firstAtMs = 0;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      // A key that is held down moves the cursor; it decides once.
      if (event.repeat && !REPEATING.has(event.key)) return;
      if (!areKeysOn() || isTyping(event.target) || hasOverlay()) return;
      if (event.key === 'Enter' && isPressable(event.target)) return;
      const sequence = `${first} ${event.key}`;
      const isSecond = first !== '' && event.timeStamp - firstAtMs < SEQUENCE_MS;
      const run = (isSecond && newest.current[sequence]) || newest.current[event.key];
      first = event.key;
      firstAtMs = event.timeStamp;
      if (!run) return;
      first = '';
      event.preventDefault();
      run();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}
