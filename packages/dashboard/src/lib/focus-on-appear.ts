import { useEffect, useRef, type RefObject } from 'react';

/** For what takes the place of the control that was just pressed: the focus goes on there, and is not lost. */
export function useFocusOnAppear<T extends HTMLElement>(): RefObject<T | null> {
  const element = useRef<T>(null);
  useEffect(() => {
    const isLost = document.activeElement === null || document.activeElement === document.body;
    if (isLost) element.current?.focus({ preventScroll: true });
  }, []);
  return element;
}
