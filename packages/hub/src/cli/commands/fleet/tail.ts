import { LiveEvent, plainJson } from '@homelabcmd/protocol';
import { lineOf } from '../../client/action-words.ts';
import { type Fact, follow } from '../../client/follow.ts';
import { askedHub } from '../../client/hub.ts';
import { CLIENT_OPTIONS } from '../../client/settings.ts';
import { type Command, UsageError } from '../../command.ts';

export const tail: Command = {
  name: 'tail',
  summary: 'Follows what happens, as it happens, until it is stopped',
  about: [
    'It asks a hub, from any machine, and prints one event a line. A connection that is lost is made again, and goes on where it was.',
    'With --json each line is the event whole, and its id is what --since takes.',
  ].join('\n'),
  operands: [],
  options: {
    ...CLIENT_OPTIONS,
    since: { value: 'EVENT', means: 'begin after the event of this number' },
    server: { value: 'SERVER', means: 'what happens on this server alone' },
    type: {
      value: 'TYPE',
      means: 'events of this type alone, or of all that begin so: action, service.changed',
    },
  },
  async run(call) {
    const after = sinceOf(call.valueOf('since'));
    const hub = await askedHub(call);
    const stop = new AbortController();
    // Whoever reads it may have read enough.
    call.out.on('error', () => stop.abort());
    const changed = (isConnected: boolean) =>
      call.note(
        isConnected ? 'The hub is there again.' : 'The connection to the hub is lost. Trying again …',
      );
    for await (const told of follow(hub, { after, signal: stop.signal, changed })) {
      if (told.kind === 'gap') call.note('The hub could not go on from there: some events are not told.');
      else if (isWanted(told.fact, call.valueOf('server'), call.valueOf('type')))
        call.say(call.has('json') ? plainJson(JSON.stringify(told.fact)) : textOf(told.fact));
    }
    return 0;
  },
};

function sinceOf(given: string | null): number | null {
  if (given === null) return null;
  if (!/^\d{1,15}$/.test(given)) throw new UsageError('--since takes the number of an event.');
  return Number(given);
}

const isWanted = ({ server_id, type }: Fact, server: string | null, wanted: string | null): boolean =>
  (server === null || server_id === server) &&
  (wanted === null || type === wanted || type.startsWith(`${wanted}.`));

const textOf = (fact: Fact): string =>
  [fact.at, fact.server_id ?? '-', fact.type, subjectOf(fact)].filter((part) => part !== '').join('  ');

/** What an event is about, in words; nothing where the hub is newer than this command. */
function subjectOf(fact: Fact): string {
  const read = LiveEvent.safeParse(fact);
  if (!read.success) return '';
  const { data } = read.data;
  if ('action' in data) return lineOf(data.action);
  if ('service' in data) return `${data.service.service_name}: ${data.service.status.replace('_', ' ')}`;
  if ('server' in data) return data.server.liveness.replace('_', ' ');
  if ('service_name' in data) return data.service_name;
  if ('freeze' in data)
    return data.freeze.on ? `frozen: ${data.freeze.reason ?? 'no reason given'}` : 'not frozen';
  if ('policy' in data) return data.policy.name;
  return 'name' in data ? data.name : '';
}
