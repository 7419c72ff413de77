import { type Command, UsageError } from '../command.ts';
import { manual, overview } from '../usage.ts';

export const help: Command = {
  name: 'help',
  summary: 'Lists the commands, or says more of one',
  about: '',
  operands: ['[COMMAND]'],
  options: {},
  async run({ operands: [name], commands, out }) {
    const command = commands.find((one) => one.name === name);
    if (name !== undefined && command === undefined)
      throw new UsageError(`There is no command ${JSON.stringify(name)}. homelabcmd help lists them.`);
    out.write(command === undefined ? overview(commands) : manual(command));
    return 0;
  },
};
