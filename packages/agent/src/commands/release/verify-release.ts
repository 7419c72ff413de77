import { acceptFolder, RELEASE_PLACES } from '../../release/folder.ts';
import { type Command, EXIT } from '../command.ts';

export const verifyRelease: Command = {
  summary: 'Says whether the release in a folder may be installed here',
  about: [
    'It has to be signed by the key that this server has known since its first installation, be no older than what is',
    'installed, and have every file as it was signed. A server that knows no key yet goes by the one in the folder.',
  ].join('\n'),
  takesUnits: false,
  takesOne: 'FOLDER',
  options: {},
  needsRoot: false,
  async run({ names: [folder = ''], say }) {
    const release = acceptFolder(folder, RELEASE_PLACES);
    say(`The release ${release.version} of ${release.released_at} is as it was signed.`);
    return EXIT.done;
  },
};
