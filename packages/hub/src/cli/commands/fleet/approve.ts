import { api } from '@homelabcmd/protocol';
import { exitCodeOf, tell } from '../../client/action-words.ts';
import { ask } from '../../client/ask.ts';
import { askedHub } from '../../client/hub.ts';
import { CLIENT_OPTIONS } from '../../client/settings.ts';
import { timeoutOf, WAIT_OPTIONS, waitForEnd } from '../../client/wait-for-end.ts';
import { type Command, UsageError } from '../../command.ts';

export const approve: Command = {
  name: 'approve',
  summary: 'Approves an action that waits',
  about: [
    'It asks a hub, from any machine, by a key with the scope approve. It approves the action as the hub shows it at that moment;',
    'with --digest only if that is still what somebody has looked at (`homelabcmd actions --json` has it). What is for a passkey to',
    'sign is approved on its page.',
  ].join('\n'),
  operands: ['ACTION'],
  options: {
    ...CLIENT_OPTIONS,
    ...WAIT_OPTIONS,
    digest: { value: 'DIGEST', means: 'approve this, and nothing else' },
  },
  async run(call) {
    const params = { action_id: numberOf(call.operands[0] ?? '') };
    const timeoutMs = timeoutOf(call);
    const hub = await askedHub(call);
    const digest = call.valueOf('digest') ?? (await ask(hub, api.getAction, { params })).digest;
    const approved = await ask(hub, api.approveAction, { params, body: { digest } });
    tell(call, approved);
    if (!call.has('wait')) return 0;
    return exitCodeOf(await waitForEnd(hub, approved, timeoutMs, (action) => tell(call, action)));
  },
};

/** `42` or `#42`. */
function numberOf(word: string): number {
  const [, digits] = /^#?(\d{1,15})$/.exec(word) ?? [];
  if (digits === undefined || Number(digits) === 0)
    throw new UsageError(`An action has a number, such as 42, and not ${JSON.stringify(word)}.`);
  return Number(digits);
}
