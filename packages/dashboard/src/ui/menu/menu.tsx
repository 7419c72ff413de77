import { type ReactNode, Suspense, lazy, useState } from 'react';
import type { MenuEntry } from './menu-entry.ts';

const load = () => import('./open-menu.tsx');
const OpenMenu = lazy(load);

interface MenuProps {
  /** The button's class, its name, and what it shows. */
  readonly className: string;
  readonly label: string;
  readonly children: ReactNode;
  readonly entries: readonly MenuEntry[];
}

/**
 * A menu that opens from a button. What draws it is fetched when a button is about to be pressed for the first time,
 * so that a page that is only looked at never carries it.
 */
export function Menu({ className, label, children, entries }: MenuProps) {
  const [isWanted, setWanted] = useState(false);
  const prepare = () => void load();
  const closed = (
    <button
      type="button"
      className={className}
      aria-label={label}
      title={label}
      aria-haspopup="menu"
      aria-expanded="false"
      onPointerEnter={prepare}
      onFocus={prepare}
      onClick={() => setWanted(true)}
    >
      {children}
    </button>
  );
  if (!isWanted) return closed;
  const trigger = (
    <button type="button" className={className} aria-label={label} title={label}>
      {children}
    </button>
  );
  return (
    <Suspense fallback={closed}>
      <OpenMenu trigger={trigger} entries={entries} />
    </Suspense>
  );
}
