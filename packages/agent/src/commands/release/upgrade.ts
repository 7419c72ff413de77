import { linkUrlOf } from '../../config.ts';
import { addressOfFile } from '../../release/fetch.ts';
import { RELEASE_PLACES } from '../../release/folder.ts';
import { outputOf, type Program, runHere } from '../../release/run-program.ts';
import { upgrade as bringUpToDate, type UpgradeWorld } from '../../release/upgrade.ts';
import type { Call, Command } from '../command.ts';

const FOLDER = '/usr/local/lib/homelabcmd/incoming';
const MOST_WORD_BYTES = 100;

export const upgrade: Command = {
  summary: "Brings the agent up to date with the hub's release",
  about: [
    'The hub is only where the release is fetched from: what is installed must be signed by the release key that this server has',
    'known since its first installation, and be newer than what is here. Keys, lists, settings, the journal of orders and the',
    'claims stay. A restart that has begun runs to its end. Nothing on the network can begin an upgrade.',
  ].join('\n'),
  takesUnits: false,
  options: { check: 'says what the hub has, and changes nothing' },
  needsRoot: true,
  run: (call) => bringUpToDate(worldOf(call), call.has('check')),
};

const worldOf = (call: Call): UpgradeWorld => ({
  places: RELEASE_PLACES,
  folder: FOLDER,
  fetch: (name, mostBytes) => outputOf(fetcher(call, name), mostBytes),
  kindOf: async (installer) =>
    (await outputOf(shell(installer, '--kind'), MOST_WORD_BYTES)).toString().trim(),
  install: (installer) => runHere(shell(installer, '--agreed', '--yes')),
  say: call.say,
});

const shell = (script: string, ...args: string[]): Program => ({ path: '/bin/sh', args: [script, ...args] });

/** This program, as the agent's user: it has no right but to read what the agent knows of its hub. */
function fetcher({ world }: Call, name: string): Program {
  const linkUrl = linkUrlOf(world.env['HOMELABCMD_HUB_URL'] ?? '');
  const itself =
    process.versions['bun'] === undefined ? [process.execPath, process.argv[1] ?? ''] : [process.execPath];
  const asAgent = ['--reuid=homelabcmd', '--regid=homelabcmd', '--clear-groups', '--no-new-privs'];
  return {
    path: '/usr/bin/setpriv',
    args: [...asAgent, '--', ...itself, 'fetch-release', addressOfFile(linkUrl, name)],
  };
}
