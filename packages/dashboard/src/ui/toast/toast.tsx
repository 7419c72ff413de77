import { Suspense, lazy } from 'react';
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

/** The place for toasts: bottom right, on a phone above the tabs, three at most. Fetched after the page is drawn. */
export function Toasts() {
  return (
    <Suspense>
      <Place />
    </Suspense>
  );
}
