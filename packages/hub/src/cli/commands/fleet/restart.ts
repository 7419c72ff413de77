import { api } from '@homelabcmd/protocol';
import { exitCodeOf, tell } from '../../client/action-words.ts';
import { ask } from '../../client/ask.ts';
import { askedHub } from '../../client/hub.ts';
import { CLIENT_OPTIONS } from '../../client/settings.ts';
import { timeoutOf, WAIT_OPTIONS, waitForEnd } from '../../client/wait-for-end.ts';
import { type Command, UsageError } from '../../command.ts';

export const restart: Command = {
  name: 'restart',
  summary: 'Asks for a restart of a service, which waits for approval',
  about: [
    'It asks a hub, from any machine, by a key with the scope request. What it prints is what was queued; with --wait also each',
    'state after that, to the end. With --json each is one line, and the last one is the outcome. A script that may run twice, or',
    'that gets no answer, says --once with a name of its own: within two days nothing is queued again.',
  ].join('\n'),
  operands: ['SERVER', 'SERVICE'],
  options: {
    ...CLIENT_OPTIONS,
    ...WAIT_OPTIONS,
    once: { value: 'NAME', means: 'a name for this wish: asked for again, it is answered as the first time' },
  },
  async run(call) {
    const [server_id = '', service_name = ''] = call.operands;
    const timeoutMs = timeoutOf(call);
    const once = nameOf(call.valueOf('once'));
    const hub = await askedHub(call);
    const asked = await ask(hub, api.restartService, { params: { server_id, service_name }, once });
    tell(call, asked);
    if (!call.has('wait')) return 0;
    return exitCodeOf(await waitForEnd(hub, asked, timeoutMs, (action) => tell(call, action)));
  },
};

function nameOf(given: string | null): string | null {
  if (given === null || /^[\x21-\x7E]{1,255}$/.test(given)) return given;
  throw new UsageError('--once takes 1 to 255 visible ASCII characters, without spaces.');
}
