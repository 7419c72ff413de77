import { type Action, RefusalCode } from '@homelabcmd/protocol';

/** What to do after an order that did not run, by the reason. */
const AFTER_REFUSAL: Record<RefusalCode, (serverId: string) => string> = {
  invalid_unit_name: () => 'Ask for the service by the name that systemd has for it.',
  unit_not_found: (server) => `Look whether it is still installed on ${server}. If not, stop expecting it.`,
  not_allowed: (server) => `Allow it on ${server}, then ask again.`,
  monitor_only: (server) => `The agent on ${server} only watches. Install it there with its restart socket.`,
  lockout_guard: (server) =>
    `It carries a way into ${server}, so it must be allowed there a second time. Have another way in first.`,
  precondition_failed: () =>
    'It changed after this was asked for. Look how it is now, and ask again if it still needs a restart.',
  duplicate_target: () => 'Wait for the other action for the same service.',
  ttl_expired: () => 'Ask again while the server is there.',
  never_started: () => 'Ask again if it still needs a restart.',
  no_systemd: (server) => `Look why the agent on ${server} cannot speak to systemd, then ask again.`,
  executor_unavailable: (server) =>
    `Look whether the restart socket is installed on ${server}, then ask again.`,
  journal_error: (server) => `Look whether the disk of ${server} is full, then ask again.`,
  rate_limited: (server) => `The limits of ${server} itself hold it back. Wait, or let a person ask for it.`,
  systemd_at_it: () => 'Wait how that ends, and ask again if it still needs a restart.',
  not_sealed: () => 'Ask again, and approve it with a passkey that the server knows.',
  bad_seal: () => 'Ask again, and approve it at once, with a passkey that the server knows.',
  unsupported_order: (server) => `Update the agent on ${server}, then ask again.`,
};

/** What to do after a restart that ran and did not end well, by systemd’s word or ours. */
const AFTER_FAILURE: Partial<Record<string, string>> = {
  'not-answering':
    'It runs, and does not answer its probe. Read its journal, and look whether it listens where the probe asks.',
  flapped: 'It started and ended again. Read in its journal why, put that right, then ask again.',
  'start-limit-hit':
    'systemd starts it no more, because it ended too often. Put right why it ends; the next restart that you ask for clears the count.',
  'oom-kill': 'It ran out of memory. Give it more, or let it need less, then ask again.',
  timeout: 'It took too long to start. Read in its journal what it waits for.',
  dependency: 'Something that it needs did not start. Look at that first.',
};

/** What the reader can do now that it is over, or `null` where nothing is left to do. */
export function nextStepOf({ result, server_id, status }: Action): string | null {
  const code = result?.code ?? '';
  switch (status) {
    case 'failed':
      return AFTER_FAILURE[code] ?? 'Read in its journal why, put that right, then ask again.';
    case 'refused': {
      const known = RefusalCode.safeParse(code);
      return known.success ? AFTER_REFUSAL[known.data](server_id) : 'Put right what it says, then ask again.';
    }
    case 'expired':
      return `Ask again on the page of ${server_id} if it still needs a restart.`;
    case 'rejected':
      return 'Ask again when the reason does not hold any more.';
    case 'abandoned':
      return 'The service is free for another restart. Look how it is before you ask for one.';
    default:
      return null;
  }
}
