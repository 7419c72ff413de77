import type { Policy, PolicyMode, Service } from '@homelabcmd/protocol';

export const MODE_WORDS: Record<PolicyMode, string> = {
  manual: 'A person approves',
  auto: 'Approves by itself',
  two_person: 'Two people: whoever asks does not approve',
};

/** What a policy is about. */
export function scopeWords({ server_id, service_name }: Policy): string {
  if (server_id === null) return 'the whole fleet';
  return service_name === null ? `every service of ${server_id}` : `${service_name} on ${server_id}`;
}

/** What automation is doing about a service, where that is worth a line. */
export function automationWords({ automation }: Service): string | null {
  if (automation === null) return null;
  const { policy, tries, because } = automation;
  switch (automation.state) {
    case 'stopped':
      return `Automation stopped after ${tries} ${tries === 1 ? 'try' : 'tries'} (policy ${policy}). ${because ?? ''}`.trim();
    case 'waiting':
      return `The policy ${policy} asks for a restart if it stays down.`;
    default:
      return null;
  }
}
