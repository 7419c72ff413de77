import { Suspense, lazy, useEffect, useState } from 'react';
import { whenIdle } from '../../lib/idle.ts';
import { part } from '../../lib/part.ts';
import type { Look } from '../glyphs/glyph.tsx';

export interface Notice {
  readonly look: Pick<Look, 'shape' | 'tone'>;
  readonly title: string;
  readonly detail?: string | undefined;
  /** Where to read more, inside the dashboard. */
  readonly link?: { readonly label: string; readonly open: () => void };
  /** Errors and open questions stay until they are dismissed. */
  readonly stays?: boolean;
}

const load = part(async () => {
  const { default: Toaster, show } = await import('./toaster.tsx');
  return { default: Toaster, show };
});
const Place = lazy(load);

/** What the page is for comes first: while it is fetched and drawn a browser can be idle, too. */
const QUIET_MS = 2000;

/** Says that something happened. A toast is never the only record of it. */
export function say(notice: Notice): void {
  void load().then(({ show }) => show(notice));
}

/**
 * The place for toasts: bottom right, on a phone above the tabs, three at most. It is fetched once the page is at rest, and
 * not when it is needed first: that may be because the hub is gone. A toast from before that shows as soon as it is here.
 */
export function Toasts() {
  const [isWanted, setWanted] = useState(false);
  useEffect(() => {
    let takeBack = () => {};
    const timer = setTimeout(() => (takeBack = whenIdle(() => setWanted(true))), QUIET_MS);
    return () => {
      clearTimeout(timer);
      takeBack();
    };
  }, []);
  if (!isWanted) return null;
  return (
    <Suspense>
      <Place />
    </Suspense>
  );
}
