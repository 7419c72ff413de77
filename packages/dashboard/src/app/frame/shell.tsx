import { Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { Suspense, lazy, useEffect, useState } from 'react';
import { useFreeze } from '../../api/guards/freeze.ts';
import { useIsLost } from '../../api/live/use-stream.ts';
import { toneOf } from '../../features/fleet/needs-you.ts';
import { useNeeds } from '../../features/fleet/use-needs.ts';
import { useKeys } from '../../lib/keys.ts';
import { part } from '../../lib/part.ts';
import { moveCursor, pressInRow, setCursor } from '../../lib/row-cursor.ts';
import { useNavigation } from '../routes/navigation.ts';
import { Header, TabBar } from './header.tsx';
import { LostBanner } from './live-sign.tsx';

const Help = lazy(() => import('./help.tsx'));
const FreezeBanner = lazy(part(() => import('./freeze-banner.tsx')));

/** What surrounds every page: header, the line that says how the fleet is, banner, keys. */
export function Shell() {
  const path = useLocation({ select: (location) => location.pathname });
  const navigate = useNavigate();
  const [isHelpOpen, setHelpOpen] = useState(false);
  const isLost = useIsLost();
  // The list of alerts stays while one of them is read, and so does its cursor.
  const place = path.startsWith(ALERTS) ? ALERTS : path;
  useEffect(() => setCursor(null), [place]);
  useKeys({
    j: () => moveCursor(1),
    k: () => moveCursor(-1),
    Enter: () => pressInRow('Enter'),
    r: () => pressInRow('r'),
    a: () => pressInRow('a'),
    x: () => pressInRow('x'),
    e: () => pressInRow('e'),
    Escape: () => setCursor(null),
    ...Object.fromEntries(
      useNavigation().map(({ key, to }) => [`g ${key}`, () => void navigate({ to })] as const),
    ),
    '?': () => setHelpOpen(true),
  });
  return (
    <div className={isLost ? 'is-lost' : ''}>
      <SkipLink />
      <header className="top">
        <Header path={path} onHelp={() => setHelpOpen(true)} />
        <StateLine />
      </header>
      <LostBanner />
      <WhileFrozen />
      <main className="page" id={MAIN} tabIndex={-1}>
        <Outlet />
      </main>
      <TabBar path={path} />
      {isHelpOpen && (
        <Suspense>
          <Help onClose={() => setHelpOpen(false)} />
        </Suspense>
      )}
    </div>
  );
}

/** Hardly ever there, so it is fetched when it is. */
function WhileFrozen() {
  const freeze = useFreeze();
  if (freeze?.on !== true) return null;
  return (
    <Suspense>
      <FreezeBanner freeze={freeze} />
    </Suspense>
  );
}

const MAIN = 'main';
const ALERTS = '/alerts';

/** The document's `<base>` would make a page of the bare fragment, so the press is answered here. */
function SkipLink() {
  return (
    <a
      className="sr"
      href={`#${MAIN}`}
      onClick={(event) => {
        event.preventDefault();
        document.getElementById(MAIN)?.focus();
      }}
    >
      Skip to content
    </a>
  );
}

/** A hairline when all is well. It is decoration: the words are on the fleet's page and in the banner. */
function StateLine() {
  const { needs } = useNeeds();
  const isLost = useIsLost();
  const tone = isLost ? 'warn' : toneOf(needs);
  return <div className={`state-line ${tone === 'well' ? '' : `is-${tone}`}`} />;
}
