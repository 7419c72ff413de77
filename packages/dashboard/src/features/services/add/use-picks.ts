import type { DiscoveredService } from '@homelabcmd/protocol';
import { useState } from 'react';
import type { Picks } from './pick-list.tsx';

interface Chosen {
  readonly picks: Picks;
  /** The names of what is chosen and still to be chosen, in the order of the list. */
  readonly chosenNames: readonly string[];
  readonly clear: () => void;
}

/** Which of these services are ticked. One that has left the list is ticked no more. */
export function usePicks(services: readonly DiscoveredService[]): Chosen {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const choose = (targets: readonly string[], isChosen: boolean) =>
    setChosen((before) => {
      const next = new Set(before);
      for (const target of targets) {
        if (isChosen) next.add(target);
        else next.delete(target);
      }
      return next;
    });
  return {
    picks: { chosen, choose },
    chosenNames: services
      .filter((service) => chosen.has(service.target))
      .map((service) => service.service_name),
    clear: () => setChosen(new Set()),
  };
}
