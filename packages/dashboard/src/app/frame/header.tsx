import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useOpenActions } from '../../api/actions.ts';
import { needsSomeone, useOpenAlerts } from '../../api/alerts/open-alerts.ts';
import { detailOf } from '../../api/problem.ts';
import { signOut, useSession } from '../../api/session.ts';
import { ROLE_WORDS } from '../../api/vocabulary/role.ts';
import { Brand } from '../../ui/brand.tsx';
import { HalfIcon, Icon } from '../../ui/glyphs/icon.tsx';
import type { MenuEntry } from '../../ui/menu/menu-entry.ts';
import { Menu } from '../../ui/menu/menu.tsx';
import { say } from '../../ui/toast/toast.tsx';
import { type NavPage, isUnder, useNavigation } from '../routes/navigation.ts';
import { PaletteDoor } from '../palette/palette-door.tsx';
import { LiveSign } from './live-sign.tsx';
import { type Theme, chooseTheme, useTheme } from '../../lib/browser/theme.ts';

/** How many of a page's things wait for somebody. */
const Count = ({ of }: { of: NavPage['counts'] }) =>
  of === 'actions' ? <PendingCount /> : of === 'alerts' && <AlertCount />;

function PendingCount() {
  const pending = (useOpenActions().data ?? []).filter((action) => action.status === 'pending');
  return <Counted count={pending.length} title="Actions waiting for approval" words="waiting for approval" />;
}

function AlertCount() {
  const count = (useOpenAlerts().data ?? []).filter(needsSomeone).length;
  return <Counted isBad count={count} title="Alerts that nobody has acknowledged" words="not acknowledged" />;
}

interface CountedProps {
  readonly count: number;
  readonly title: string;
  readonly words: string;
  readonly isBad?: boolean;
}

function Counted({ count, title, words, isBad = false }: CountedProps) {
  if (count === 0) return null;
  return (
    <span className={`count ${isBad ? 'is-bad' : ''}`} title={title}>
      {count}
      <span className="sr"> {words}</span>
    </span>
  );
}

export function Header({ path, onHelp }: { path: string; onHelp: () => void }) {
  return (
    <div className="top-in">
      <Link to="/" aria-label="HomelabCmd, to the fleet">
        <Brand />
      </Link>
      <nav className="nav" aria-label="Main">
        {useNavigation().map((page) => (
          <Link key={page.to} to={page.to} aria-current={isUnder(page, path) ? 'page' : undefined}>
            {page.word}
            <Count of={page.counts} />
          </Link>
        ))}
      </nav>
      <div className="top-end">
        <PaletteDoor />
        <LiveSign />
        <ThemeToggle />
        <AccountMenu onHelp={onHelp} />
      </div>
    </div>
  );
}

/** The pages at the thumb, on a phone. */
export function TabBar({ path }: { path: string }) {
  return (
    <nav className="tabbar" aria-label="Main, below">
      {useNavigation().map((page) => (
        <Link key={page.to} to={page.to} aria-current={isUnder(page, path) ? 'page' : undefined}>
          <Icon name={page.icon} />
          {page.word}
          <Count of={page.counts} />
        </Link>
      ))}
    </nav>
  );
}

const NEXT: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };
const THEME_WORDS: Record<Theme, string> = { system: 'as the system', light: 'light', dark: 'dark' };

function ThemeToggle() {
  const theme = useTheme();
  const words = `Theme: ${THEME_WORDS[theme]}. Switch to ${THEME_WORDS[NEXT[theme]]}`;
  return (
    <button
      type="button"
      className="icon-btn"
      aria-label={words}
      title={words}
      onClick={() => chooseTheme(NEXT[theme])}
    >
      {theme === 'system' ? <HalfIcon /> : <Icon name={theme === 'light' ? 'sun' : 'moon'} />}
    </button>
  );
}

function AccountMenu({ onHelp }: { onHelp: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const session = useSession().data;
  const name = session?.principal.name ?? '';
  const initials = name.slice(0, 2).toUpperCase();
  const leave = async () => {
    try {
      await signOut();
      await navigate({ to: '/sign-in' });
      client.clear();
    } catch (error) {
      const look = { shape: 'diamond', tone: 'bad' } as const;
      say({ look, title: 'Could not sign out', detail: detailOf(error), stays: true });
    }
  };
  const role = session?.principal.role ?? null;
  const who = `Signed in as ${name}${role === null ? '' : `, ${ROLE_WORDS[role]}`}`;
  const hub = session === undefined ? '' : ` · hub ${session.hub.version}`;
  const toAccount = () => void navigate({ to: '/settings/$section', params: { section: 'account' } });
  const toSettings = () => void navigate({ to: '/settings' });
  const entries: readonly MenuEntry[] = [
    { kind: 'label', key: 'who', words: who + hub },
    { kind: 'rule', key: 'rule' },
    { kind: 'item', key: 'account', icon: 'person', words: 'Your account', off: null, onSelect: toAccount },
    { kind: 'item', key: 'settings', icon: 'settings', words: 'Settings', off: null, onSelect: toSettings },
    { kind: 'item', key: 'keys', icon: 'key', words: 'Keyboard', off: null, onSelect: onHelp },
    { kind: 'item', key: 'leave', icon: 'leave', words: 'Sign out', off: null, onSelect: () => void leave() },
  ];
  return (
    <Menu className="me" label={`Signed in as ${name}, ${initials}`} entries={entries}>
      {initials}
    </Menu>
  );
}
