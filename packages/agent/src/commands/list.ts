import { type Command, type Call, EXIT } from './command.ts';
import { type Listed, type ServerList, readServerList } from './server-list.ts';
import { columns } from './usage.ts';

export const list: Command = {
  summary: 'Shows what this server allows, and whether each line counts',
  about: 'Changes nothing, and needs no rights but to read the files of /etc/homelabcmd.',
  takesUnits: false,
  options: { json: 'for programs' },
  needsRoot: false,
  async run(call) {
    const all = await readServerList(call.server, call.world);
    if (call.has('json')) call.say(JSON.stringify(all, null, 2));
    else show(call, all);
    return EXIT.done;
  },
};

function show(call: Call, all: ServerList): void {
  for (const problem of all.problems) call.say(`! ${problem}`);
  if (all.services.length === 0)
    call.say(`Nothing may be restarted here. To allow something: sudo homelabcmd-agent allow SERVICE`);
  else for (const line of columns([['SERVICE', 'NOW', 'COUNTS'], ...all.services.map(rowOf)])) call.say(line);
  call.say('');
  call.say(`Sealed: ${sealedWords(all)}`);
  const limits = Object.entries(all.limits).map(([name, value]) => `${name} = ${value}`);
  call.say(`Limits: ${limits.join(', ')}`);
  const targets = all.probe_targets.length === 0 ? 'this server itself' : all.probe_targets.join(', ');
  call.say(`Probes may ask: ${targets}`);
}

const rowOf = ({ line, state, counts, why, fix_command: fix }: Listed): string[] => [
  line,
  state ?? 'unknown',
  counts ? 'yes' : `no: ${why}${fix === null ? '' : ` → ${fix}`}`,
];

function sealedWords({ sealed }: ServerList): string {
  if (sealed === null) return 'no: what the hub signs is carried out';
  if (sealed.problem !== null) return `yes, and nothing is carried out: ${sealed.problem}`;
  return `yes, by the passkeys of ${sealed.approvers.join(', ')}`;
}
