import { type Action, ActionStatus, api, plainJson } from '@homelabcmd/protocol';
import { systemClock } from '../../../lib/clock.ts';
import { ask } from '../../client/ask.ts';
import { askedHub } from '../../client/hub.ts';
import { CLIENT_OPTIONS } from '../../client/settings.ts';
import { agoOf, tableOf } from '../../client/tables.ts';
import { type Command, UsageError } from '../../command.ts';

const MOST = 500;

export const actions: Command = {
  name: 'actions',
  summary: 'Lists actions, newest first',
  about:
    'It asks a hub, from any machine. --json prints one action a line, each whole: with its digest, its time line, its result.',
  operands: [],
  options: {
    ...CLIENT_OPTIONS,
    status: {
      value: 'STATUS',
      means: 'of these statuses alone: pending, or several with commas between them',
    },
    server: { value: 'SERVER', means: 'of this server alone' },
    service: { value: 'SERVICE', means: 'of the service of this name alone' },
    limit: { value: 'COUNT', means: `as many at most: 20 if nothing is said, ${MOST} at most` },
  },
  async run(call) {
    const query = {
      status: statusesOf(call.valueOf('status')),
      server_id: call.valueOf('server') ?? undefined,
      service_name: call.valueOf('service') ?? undefined,
      limit: limitOf(call.valueOf('limit')),
    };
    const { actions: found } = await ask(await askedHub(call), api.listActions, { query });
    if (call.has('json')) for (const action of found) call.say(plainJson(JSON.stringify(action)));
    else if (found.length === 0) call.say('There is no such action.');
    else for (const line of tableOf(HEAD, found.map(rowOf))) call.say(line);
    return 0;
  },
};

const HEAD = ['ACTION', 'STATUS', 'SERVER', 'SERVICE', 'KIND', 'ASKED BY', 'AGO'];

const rowOf = (action: Action): string[] => [
  ...[`#${action.action_id}`, action.status, action.server_id, action.service_name, action.action_type],
  ...[action.created_by, agoOf(action.created_at, systemClock.nowMs())],
];

function statusesOf(given: string | null): string | undefined {
  if (given === null) return undefined;
  for (const word of given.split(','))
    if (!ActionStatus.safeParse(word).success)
      throw new UsageError(
        `${JSON.stringify(word)} is no status. There are ${ActionStatus.options.join(', ')}.`,
      );
  return given;
}

function limitOf(given: string | null): number {
  if (given === null) return 20;
  const count = Number(given);
  if (!/^\d+$/.test(given) || count < 1 || count > MOST) throw new UsageError(`--limit takes 1 to ${MOST}.`);
  return count;
}
