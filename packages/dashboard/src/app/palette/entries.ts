import type { Alert, GuardedRoute, Server, Service } from '@homelabcmd/protocol';
import type { IconName } from '../../ui/glyphs/icon.tsx';

/** One thing that can be chosen in the palette. */
export type PaletteEntry = {
  readonly key: string;
  readonly icon: IconName;
  readonly words: string;
  /** Said after the words, quieter: where it is. */
  readonly where: string;
  /** The route that it is for: whoever may not use that does not find it. */
  readonly takes?: GuardedRoute;
} & (
  | { readonly kind: 'page'; readonly to: string }
  | { readonly kind: 'restart'; readonly service: Service }
  | { readonly kind: 'open-action'; readonly actionId: number }
  | { readonly kind: 'acknowledge'; readonly alert: Alert }
);

const MOST = 9;

const PAGES: readonly PaletteEntry[] = [
  page('/', 'Fleet'),
  page('/actions', 'Actions'),
  page('/alerts', 'Alerts'),
  page('/settings', 'Settings'),
  { ...page('/settings/keys', 'API keys', 'in the settings'), takes: 'listKeys' },
  page('/settings/servers', 'Servers', 'in the settings'),
  { ...page('/add-server', 'Add a server'), takes: 'enrolServer' },
  page('/settings/browser', 'Theme and keyboard', 'in the settings'),
];

/** Found when they are typed; until then the servers stand before them. */
const OTHER_PAGES: readonly PaletteEntry[] = [
  page('/settings/account', 'Your account', 'in the settings'),
  { ...page('/settings/people', 'People', 'in the settings'), takes: 'listUsers' },
  page('/actions/audit', 'Audit', 'in the actions'),
  page('/settings/policies', 'Policies', 'in the settings'),
  page('/settings/kept', 'What is kept', 'in the settings'),
  page('/settings/alert-rules', 'Alert rules', 'in the settings'),
  page('/settings/jobs', 'Jobs', 'in the settings'),
  {
    ...page('/settings/freeze', 'Freeze', 'in the settings'),
    words: 'Freeze the fleet',
    takes: 'setFreeze',
  },
];

function page(to: string, name: string, where = ''): PaletteEntry {
  return { kind: 'page', key: to, icon: 'right', words: `Go to ${name}`, where, to };
}

const serverPage = (serverId: string) => `/servers/${encodeURIComponent(serverId)}`;

const ofServer = ({ server_id, display_name }: Server): PaletteEntry => {
  const entry = page(serverPage(server_id), display_name ?? server_id);
  return display_name === null ? entry : { ...entry, where: server_id };
};

/** A restart is offered first; where one is open already, the way to it. */
function ofService(service: Service): readonly PaletteEntry[] {
  const { open_action_id, server_id, service_name } = service;
  const id = `${server_id} ${service_name}`;
  const where = `on ${server_id}`;
  const restart: PaletteEntry =
    open_action_id === null
      ? {
          kind: 'restart',
          key: `restart ${id}`,
          icon: 'restart',
          words: `Restart ${service_name}`,
          where,
          takes: 'restartService',
          service,
        }
      : {
          kind: 'open-action',
          key: `open ${id}`,
          icon: 'restart',
          words: `Restart ${service_name}`,
          where,
          actionId: open_action_id,
        };
  return [restart, { ...page(serverPage(server_id), service_name, where), key: `go ${id}` }];
}

/** The way to an alert, and what can be said of one that nobody looks after. */
function ofAlert(alert: Alert): readonly PaletteEntry[] {
  const { alert_id, state, title } = alert;
  const where = `alert #${alert_id}`;
  const words = title.slice(0, 80);
  const way = { ...page(`/alerts/${alert_id}`, words, where), key: `alert ${alert_id}` };
  if (state !== 'firing') return [way];
  return [
    way,
    {
      kind: 'acknowledge',
      key: `acknowledge ${alert_id}`,
      icon: 'tick',
      words: `Acknowledge ${words}`,
      where,
      takes: 'acknowledgeAlert',
      alert,
    },
  ];
}

interface Known {
  readonly alerts: readonly Alert[];
  readonly servers: readonly Server[];
  readonly services: readonly Service[];
  /** What whoever is signed in may do. */
  readonly may: (name: GuardedRoute) => boolean;
}

/**
 * What matches: each word that was typed is somewhere in it. Where the first word begins something stands before where
 * it is in the middle. Nothing typed: the pages and the servers.
 */
export function findEntries(
  { alerts, servers, services, may }: Known,
  typed: string,
): readonly PaletteEntry[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const [first] = words;
  const isOffered = ({ takes }: PaletteEntry) => takes === undefined || may(takes);
  const places = [...PAGES, ...servers.map(ofServer), ...OTHER_PAGES].filter(isOffered);
  if (first === undefined) return places.slice(0, MOST);
  const textOf = (entry: PaletteEntry) => `${entry.words} ${entry.where}`.toLowerCase();
  const things = [...services.flatMap(ofService), ...alerts.flatMap(ofAlert)].filter(isOffered);
  const found = [...places, ...things].filter((entry) => words.every((word) => textOf(entry).includes(word)));
  const startsWord = (entry: PaletteEntry) =>
    textOf(entry)
      .split(/[\s.-]/)
      .some((part) => part.startsWith(first));
  return [...found.filter(startsWord), ...found.filter((entry) => !startsWord(entry))].slice(0, MOST);
}
