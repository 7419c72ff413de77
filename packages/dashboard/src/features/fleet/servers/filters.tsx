import type { Server } from '@homelabcmd/protocol';
import { Link, useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useKeys } from '../../../lib/keys.ts';
import { Icon } from '../../../ui/glyphs/icon.tsx';
import type { Need } from '../needs-you.ts';
import { type FleetSearch, SHOWS, type Show, isShown } from './search.ts';

const WORDS: Record<Show, string> = {
  needs: 'Needs you',
  offline: 'Offline',
  silent: 'Silent',
  maintenance: 'Maintenance',
  'never-seen': 'Never seen',
};

interface FiltersProps {
  readonly servers: readonly Server[];
  readonly needs: readonly Need[];
  readonly inNeed: ReadonlySet<string>;
  readonly search: FleetSearch;
}

/** Picks out servers by state and by tag. A state that no server is in is not offered. */
export function Filters({ servers, needs, inNeed, search }: FiltersProps) {
  const shows = SHOWS.map((show) => ({
    show,
    // The same count as in the sentence and over the list: of things, not of servers.
    count: show === 'needs' ? needs.length : servers.filter((server) => isShown(server, show, inNeed)).length,
  })).filter(({ show, count }) => count > 0 || search.show === show);
  const tags = tagsOf(servers, search.tag);
  return (
    <nav className="chips" aria-label="Filter the servers">
      <Chip
        search={{ q: search.q }}
        isChosen={search.show === undefined && search.tag === undefined}
        word="All"
        count={servers.length}
      />
      {shows.map(({ show, count }) => (
        <Chip
          key={show}
          search={{ ...search, show: search.show === show ? undefined : show }}
          isChosen={search.show === show}
          word={WORDS[show]}
          count={count}
        />
      ))}
      {tags.map(([tag, count]) => (
        <Chip
          key={tag}
          search={{ ...search, tag: search.tag === tag ? undefined : tag }}
          isChosen={search.tag === tag}
          word={`#${tag}`}
          count={count}
        />
      ))}
    </nav>
  );
}

const MOST_TAGS = 3;

/** The tags that most servers have, and the chosen one. */
function tagsOf(
  servers: readonly Server[],
  chosen: string | undefined,
): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>(chosen === undefined ? [] : [[chosen, 0]]);
  for (const tag of servers.flatMap((server) => server.tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  const most = [...counts].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const shown = most.slice(0, MOST_TAGS);
  const wanted = most.find(([tag]) => tag === chosen);
  return wanted === undefined || shown.includes(wanted) ? shown : [...shown, wanted];
}

interface ChipProps {
  readonly search: FleetSearch;
  readonly isChosen: boolean;
  readonly word: string;
  readonly count: number;
}

/** A link to a part of what is chosen is not itself chosen, and none of them is another page. */
const CHOSEN_ONLY = { exact: true, explicitUndefined: true };
const NOT_A_PAGE = { 'aria-current': 'true' } as const;

function Chip({ search, isChosen, word, count }: ChipProps) {
  return (
    <Link
      className="chip"
      to="/"
      search={search}
      resetScroll={false}
      activeOptions={CHOSEN_ONLY}
      activeProps={NOT_A_PAGE}
      data-chosen={isChosen}
      aria-current={isChosen ? 'true' : undefined}
    >
      {word} <span className="dimmer">{count}</span>
    </Link>
  );
}

/** Filters by name, tag or service as one types; the address follows. */
export function SearchField({ search }: { search: FleetSearch }) {
  const navigate = useNavigate();
  const field = useRef<HTMLInputElement>(null);
  const asked = search.q ?? '';
  const [text, setText] = useState(asked);
  const [followed, setFollowed] = useState(asked);
  // Back, or a link that clears the search, changes the address; typing has changed the text already.
  if (asked !== followed) {
    setFollowed(asked);
    if (asked.trim() !== text.trim()) setText(asked);
  }
  useKeys({ '/': () => field.current?.focus() });
  const ask = (q: string) => {
    setText(q);
    void navigate({
      to: '/',
      search: { ...search, q: q.trim() === '' ? undefined : q },
      replace: true,
      resetScroll: false,
    });
  };
  return (
    <label className="field search">
      <Icon name="search" />
      <span className="sr">Search by name, tag or service</span>
      <input
        ref={field}
        type="search"
        placeholder="Name, tag or service"
        maxLength={100}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => ask(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.preventDefault();
          if (text === '') field.current?.blur();
          else ask('');
        }}
      />
      <kbd className="wide-only" aria-hidden="true">
        /
      </kbd>
    </label>
  );
}
