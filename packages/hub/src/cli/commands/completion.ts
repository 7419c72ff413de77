import { type Command, UsageError } from '../command.ts';
import { bashCompletion } from '../completion/bash.ts';
import { zshCompletion } from '../completion/zsh.ts';

export const completion: Command = {
  name: 'completion',
  summary: 'Prints what lets a shell complete the words of this command',
  about: [
    'bash: `source <(homelabcmd completion bash)` in ~/.bashrc.',
    'zsh: `source <(homelabcmd completion zsh)` in ~/.zshrc, behind compinit.',
  ].join('\n'),
  operands: ['bash|zsh'],
  options: {},
  async run({ operands: [shell], commands, out }) {
    if (shell !== 'bash' && shell !== 'zsh')
      throw new UsageError(`Say bash or zsh, not ${JSON.stringify(shell)}.`);
    out.write(shell === 'bash' ? bashCompletion(commands) : zshCompletion(commands));
    return 0;
  },
};
