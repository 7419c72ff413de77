import { Suspense, lazy, useEffect, useState } from 'react';
import { whenIdle } from '../../lib/idle.ts';
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

const load = () => import('./toaster.tsx');
const Place = lazy(load);

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
  useEffect(() => whenIdle(() => setWanted(true)), []);
  if (!isWanted) return null;
  return (
    <Suspense>
      <Place />
    </Suspense>
  );
}
