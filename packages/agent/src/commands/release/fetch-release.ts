import { fetchReleaseFile } from '../../release/fetch.ts';
import { type Command, EXIT } from '../command.ts';

/** Without rights: `upgrade` runs it as the agent's user, so that nothing of root's talks to the network. */
export const fetchRelease: Command = {
  summary: "Writes a file of the hub's release to standard output",
  about: 'For upgrade, which checks what comes. The certificate has to be the one that the agent would take.',
  takesUnits: false,
  takesOne: 'ADDRESS',
  options: {},
  needsRoot: false,
  async run({ names: [address = ''], server }) {
    await fetchReleaseFile(address, server.stateDir, process.stdout);
    return EXIT.done;
  },
};
