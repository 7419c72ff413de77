import {
  api,
  findingWords,
  findingOf,
  isInGrace,
  isNotAnswering,
  needsAttention,
  plainJson,
  type Server,
  type Service,
} from '@homelabcmd/protocol';
import { systemClock } from '../../../lib/clock.ts';
import { ask } from '../../client/ask.ts';
import { EXIT } from '../../client/failure.ts';
import { askedHub } from '../../client/hub.ts';
import { CLIENT_OPTIONS } from '../../client/settings.ts';
import { agoOf, tableOf } from '../../client/tables.ts';
import type { Call, Command } from '../../command.ts';

/** A server or a service that needs somebody. */
interface Need {
  readonly server_id: string;
  readonly service_name: string | null;
  readonly state: string;
  readonly since: string | null;
}

export const status: Command = {
  name: 'status',
  summary: 'Says how the fleet is: what is offline, what is down, what waits',
  about: [
    'It asks a hub, from any machine. --check ends with 5 where something needs somebody: a service is down, a server offline,',
    'an outcome unknown, the fleet frozen. What only waits for approval is no such thing.',
  ].join('\n'),
  operands: [],
  options: { ...CLIENT_OPTIONS, check: { value: null, means: 'exit code 5 where something needs somebody' } },
  async run(call) {
    const hub = await askedHub(call);
    const [fleet, { servers }, { services }] = await Promise.all([
      ask(hub, api.fleetStatus, {}),
      ask(hub, api.listServers, { query: { limit: 500, liveness: 'offline' } }),
      ask(hub, api.listExpected, {}),
    ]);
    const needs = [
      ...servers.filter(isMissed).map(needOfServer),
      ...services.filter(isDown).map(needOfService),
    ];
    if (call.has('json')) call.say(plainJson(JSON.stringify({ ...fleet, needs })));
    else report(call, fleet, needs);
    const isWell = fleet.severity === 'none' || fleet.severity === 'low';
    return call.has('check') && !isWell ? EXIT.notWell : EXIT.done;
  },
};

const isMissed = ({ maintenance }: Server): boolean => !maintenance.on;
const isDown = (service: Service): boolean =>
  !service.stale && needsAttention(service) && !isInGrace(service, systemClock.nowMs());

const needOfServer = ({ server_id, liveness_since: since }: Server): Need => ({
  ...{ server_id, since },
  service_name: null,
  state: 'offline',
});

const needOfService = (service: Service): Need => ({
  server_id: service.server_id,
  service_name: service.service_name,
  state: stateOf(service),
  since: isNotAnswering(service) ? (service.probe_report?.since ?? null) : service.since,
});

const stateOf = (service: Service): string => findingWords(findingOf(service));

type Fleet = Awaited<ReturnType<typeof ask<typeof api.fleetStatus>>>;

function report({ say }: Call, fleet: Fleet, needs: readonly Need[]): void {
  say(fleet.summary);
  say('');
  say(`Servers   ${fleet.servers_online} of ${fleet.servers} online`);
  say(`Services  ${fleet.services_running} of ${fleet.services} run`);
  say(
    `Actions   ${fleet.actions_pending} wait, ${fleet.actions_running} at work, ${fleet.actions_unknown} unknown`,
  );
  if (needs.length === 0) return;
  const nowMs = systemClock.nowMs();
  const rows = needs.map(({ server_id, service_name, state, since }) => [
    ...[server_id, service_name ?? '-', state],
    since === null ? '-' : agoOf(since, nowMs),
  ]);
  say('');
  for (const line of tableOf(['SERVER', 'SERVICE', 'STATE', 'FOR'], rows)) say(line);
}
