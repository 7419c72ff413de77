import {
  AS_OF_HEADER,
  type Action,
  type Alert,
  type AlertStoryEntry,
  type Automation,
  type EffectivePolicy,
  type Freeze,
  type Policy,
  type FleetDay,
  type MetricHistory,
  type DiscoveredService,
  type Problem,
  type ProblemCode,
  PROBLEMS,
  type RecentMetrics,
  type Server,
  type Service,
  type Silence,
} from '@homelabcmd/protocol';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { A_SESSION, AT } from './things.ts';

/** The network's edge: answers as the hub would. Each test says what its hub knows. */
export const hub = setupServer();

const BASE = '*/api/v1';

interface Known {
  readonly servers?: readonly Server[];
  readonly services?: readonly Service[];
  readonly actions?: readonly Action[];
  readonly discovered?: readonly DiscoveredService[];
  /** The newest event that the answers include. */
  readonly asOf?: number;
  readonly recent?: RecentMetrics;
  readonly day?: FleetDay;
  readonly history?: MetricHistory;
  readonly marks?: FleetDay['marks'];
  readonly freeze?: Freeze;
  readonly halted?: Automation['halted'];
  readonly policies?: readonly Policy[];
  readonly effective?: EffectivePolicy;
  readonly alerts?: readonly Alert[];
  readonly stories?: Readonly<Record<number, readonly AlertStoryEntry[]>>;
  readonly silences?: readonly Silence[];
}

const NO_LINES: RecentMetrics = { from: AT, step_ms: 60_000, servers: [] };
const NOT_FROZEN: Freeze = { on: false, reason: null, changed_by: null, changed_at: null };
const NO_POLICY: EffectivePolicy = {
  mode: 'manual',
  policy: null,
  why: 'There is no policy for it, so a person approves.',
  shadow: null,
};
const NO_HISTORY: MetricHistory = {
  ...{ server_id: 'media-01', from: AT, to: AT, step_ms: 10_000, tier: '10s' },
  ...{ series: [], backfilled: [] },
};
const EMPTY_DAY: FleetDay = { from: AT, to: AT, marks: [] };

const list = (noun: string, rows: readonly unknown[]) => ({
  [noun]: rows,
  total: rows.length,
  limit: 500,
  offset: 0,
});

const countsOf = (actions: readonly Action[]) => {
  const counts: Record<string, number> = {};
  for (const { status } of actions) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

export function problem(code: ProblemCode, detail: string, more: Partial<Problem> = {}) {
  const { status, title } = PROBLEMS[code];
  return HttpResponse.json(
    { type: 'about:blank', title, status, detail, code, ...more },
    { status, headers: { 'content-type': 'application/problem+json' } },
  );
}

/** A hub that knows these things and is signed in to. */
export function knowing({
  servers = [],
  services = [],
  actions = [],
  discovered = [],
  asOf = 100,
  recent = NO_LINES,
  day = EMPTY_DAY,
  history = NO_HISTORY,
  marks = [],
  ...guards
}: Known): void {
  const headers = { [AS_OF_HEADER]: String(asOf) };
  const answer = (body: object) => HttpResponse.json(body, { headers });
  hub.use(
    http.get(`${BASE}/session`, () => answer(A_SESSION)),
    http.get(`${BASE}/account/passkeys`, () => answer({ passkeys: [] })),
    http.get(`${BASE}/metrics/latest`, () => answer({ metrics: [] })),
    http.get(`${BASE}/metrics/recent`, () => answer(recent)),
    http.get(`${BASE}/fleet/day`, () => answer(day)),
    http.get(`${BASE}/servers/:id/metrics`, () => answer(history)),
    http.get(`${BASE}/servers/:id/marks`, () => answer({ from: AT, to: AT, marks, is_cut: false })),
    ...guardsOf(guards, answer),
    ...alertsOf(guards, answer),
    http.get(`${BASE}/servers`, () => answer(list('servers', servers))),
    http.get(`${BASE}/services`, () =>
      answer(
        list(
          'services',
          services.filter((service) => service.expected),
        ),
      ),
    ),
    http.get(`${BASE}/servers/:id`, ({ params }) => {
      const server = servers.find((each) => each.server_id === params.id);
      return server ? answer(server) : problem('not_found', 'Server not found');
    }),
    http.get(`${BASE}/servers/:id/services`, ({ params }) =>
      answer(
        list(
          'services',
          services.filter((service) => service.server_id === params.id),
        ),
      ),
    ),
    http.get(`${BASE}/servers/:id/services/discovered`, ({ request }) => {
      const wantsAll = new URL(request.url).searchParams.get('all') === 'true';
      const shown = discovered.filter((service) => wantsAll || service.rank !== 'background');
      return answer({ ...list('services', shown), hidden: discovered.length - shown.length });
    }),
    ...actionsOf(actions, answer),
  );
}

function actionsOf(actions: readonly Action[], answer: (body: object) => Response) {
  return [
    http.get(`${BASE}/actions`, ({ request }) => {
      const statuses = new URL(request.url).searchParams.get('status')?.split(',');
      const shown = actions.filter((action) => statuses?.includes(action.status) ?? true);
      return answer({ ...list('actions', shown), counts: countsOf(actions) });
    }),
    http.get(`${BASE}/actions/:id`, ({ params }) => {
      const action = actions.find((each) => String(each.action_id) === params.id);
      return action ? answer(action) : problem('not_found', 'There is no such action');
    }),
  ];
}

/** Who may approve, and what holds back. */
function guardsOf(
  { freeze = NOT_FROZEN, halted = null, policies = [], effective = NO_POLICY }: Known,
  answer: (body: object) => ReturnType<typeof HttpResponse.json>,
) {
  return [
    http.get(`${BASE}/freeze`, () => answer(freeze)),
    http.get(`${BASE}/automation`, () => answer({ halted })),
    http.get(`${BASE}/policies`, () => answer(list('policies', policies))),
    http.get(`${BASE}/servers/:id/services/:name/policy`, () => answer(effective)),
  ];
}

/** What is wrong, and what nobody is told of. */
function alertsOf(
  { alerts = [], stories = {}, silences = [] }: Known,
  answer: (body: object) => ReturnType<typeof HttpResponse.json>,
) {
  return [
    http.get(`${BASE}/alerts`, ({ request }) => {
      const { searchParams } = new URL(request.url);
      const states = searchParams.get('state')?.split(',');
      const ofServer = searchParams.get('server_id');
      const shown = alerts.filter(
        (alert) =>
          (states?.includes(alert.state) ?? true) && (ofServer === null || alert.server_id === ofServer),
      );
      return answer(list('alerts', shown));
    }),
    http.get(`${BASE}/alerts/:id`, ({ params }) => {
      const alert = alerts.find((each) => String(each.alert_id) === params.id);
      if (alert === undefined) return problem('not_found', 'There is no such alert');
      const members = alerts.filter((each) => each.suppressed?.cause_alert_id === alert.alert_id);
      return answer({ alert, story: stories[alert.alert_id] ?? [], members });
    }),
    http.get(`${BASE}/silences`, () => answer(list('silences', silences))),
  ];
}

/** What one POST to the hub, or another method, is answered with, and the bodies that came. */
export function answering(
  path: string,
  respond: () => Response,
  method: 'post' | 'put' | 'patch' | 'delete' = 'post',
): unknown[] {
  const bodies: unknown[] = [];
  hub.use(
    http[method](`${BASE}${path}`, async ({ request }) => {
      const text = await request.text();
      bodies.push(text === '' ? undefined : JSON.parse(text));
      return respond();
    }),
  );
  return bodies;
}

export const json = (body: object, status: number): Response => HttpResponse.json(body, { status });
