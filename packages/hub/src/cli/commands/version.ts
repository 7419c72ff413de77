import { HUB_VERSION } from '../../lib/version.ts';
import { migrations } from '../../store/migrations/index.ts';
import type { Command } from '../command.ts';

export const version: Command = {
  name: 'version',
  summary: 'Says which version this is',
  about: '',
  operands: [],
  options: {},
  async run({ say }) {
    const schema = Object.keys(migrations).at(-1);
    say(`homelabcmd ${HUB_VERSION} (schema ${schema}, Node.js ${process.versions.node})`);
    return 0;
  },
};
