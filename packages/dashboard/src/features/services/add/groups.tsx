import type { DiscoveredService } from '@homelabcmd/protocol';
import { useState } from 'react';
import { PickList, type Picks } from './pick-list.tsx';
import { type Group, RANK_WORDS, groupsOf } from './selection.ts';

interface GroupsProps {
  readonly discovered: readonly DiscoveredService[];
  readonly search: string;
  readonly picks: Picks;
}

/** What there is to choose from, by how likely someone wants it. */
export function Groups({ discovered, search, picks }: GroupsProps) {
  const [showsAll, setShowsAll] = useState(false);
  const groups = groupsOf(discovered, search, showsAll);
  const hidden = discovered.filter((service) => service.rank === 'background').length;
  const isSearching = search.trim() !== '';
  return (
    <>
      {groups.map((group) => (
        <OneGroup key={group.rank} group={group} picks={picks} />
      ))}
      {hidden > 0 && !showsAll && !isSearching && (
        <p className="mt-4 text-note dim">
          Services of the system itself, one-shots, and what only starts when something asks for it are left
          out.{' '}
          <button type="button" className="link show-all cursor-pointer" onClick={() => setShowsAll(true)}>
            Show all ({hidden} hidden)
          </button>
        </p>
      )}
    </>
  );
}

function OneGroup({ group: { rank, services }, picks }: { group: Group; picks: Picks }) {
  const targets = services.map((service) => service.target);
  const areAll = targets.every((target) => picks.chosen.has(target));
  return (
    <section aria-label={RANK_WORDS[rank]}>
      <div className="pick-head">
        <h3>{RANK_WORDS[rank]}</h3>
        <span className="dimmer small">{services.length}</span>
        <button type="button" className="link" onClick={() => picks.choose(targets, !areAll)}>
          {areAll ? 'Untick these' : `Tick all ${services.length}`}
        </button>
      </div>
      <PickList services={services} picks={picks} />
    </section>
  );
}
