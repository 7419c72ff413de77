import {
  type DiscoveredService,
  type Service,
  ServiceName,
  expectedUnitOf,
  targetOf,
  whyNotExpected,
} from '@homelabcmd/protocol';

export type Rank = DiscoveredService['rank'];

export interface Group {
  readonly rank: Rank;
  readonly services: readonly DiscoveredService[];
}

export const RANK_WORDS: Record<Rank, string> = {
  made_here: 'Set up on this server',
  installed: 'Installed',
  background: 'In the background',
};

const RANKS = ['made_here', 'installed', 'background'] as const satisfies readonly Rank[];

const matches = (service: Service, words: string): boolean =>
  `${service.service_name} ${service.description}`.toLowerCase().includes(words);

/**
 * The groups to choose from, in the hub's order. What runs in the background is left out, unless it is asked for or
 * something is searched for.
 */
export function groupsOf(
  discovered: readonly DiscoveredService[],
  search: string,
  showsBackground: boolean,
): readonly Group[] {
  const words = search.trim().toLowerCase();
  return RANKS.filter((rank) => rank !== 'background' || showsBackground || words !== '')
    .map((rank) => ({
      rank,
      services: discovered.filter((service) => service.rank === rank && matches(service, words)),
    }))
    .filter(({ services }) => services.length > 0);
}

/** What a typed name means here. */
export type Typed =
  | { readonly kind: 'nothing' }
  /** It stands in the list, to be ticked. */
  | { readonly kind: 'discovered'; readonly service: DiscoveredService }
  | { readonly kind: 'expected'; readonly service: Service }
  | { readonly kind: 'invalid'; readonly words: string }
  /** The server reports no service of this name. It may be expected all the same. */
  | { readonly kind: 'new'; readonly name: string };

export function readTyped(
  text: string,
  discovered: readonly DiscoveredService[],
  all: readonly Service[],
): Typed {
  const name = text.trim();
  if (name === '') return { kind: 'nothing' };
  const target = targetOf(name);
  const expected = all.find((service) => service.expected && service.target === target);
  if (expected !== undefined) return { kind: 'expected', service: expected };
  const service = discovered.find((each) => each.target === target);
  if (service !== undefined) return { kind: 'discovered', service };
  const parsed = ServiceName.safeParse(name);
  if (!parsed.success) return { kind: 'invalid', words: parsed.error.issues[0]?.message ?? 'Not a name' };
  const refused = whyNotExpected(name);
  if (refused !== null) return { kind: 'invalid', words: refused };
  if (expectedUnitOf(name) === null)
    return {
      kind: 'invalid',
      words:
        'systemd can have no service of this name. Use letters, digits and : _ . @ - without spaces; of other kinds of unit only .timer and .socket can be expected',
    };
  return { kind: 'new', name };
}
