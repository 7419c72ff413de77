import { ACTION_KINDS, type AuditEntry, type AuditVerb, type KindContract } from '@homelabcmd/protocol';
import { actorWords } from './actor.ts';
import { type Detail, text, type Words } from './audit-detail.ts';
import { OF_PEOPLE } from './audit-people.ts';

/** An entry in words: what was done, and what was said of it. */
export interface AuditWords {
  readonly what: string;
  readonly more: string | null;
}

const part = (detail: Detail, member: string): Detail => {
  const value = detail[member];
  return typeof value === 'object' && value !== null ? { ...value } : {};
};

const quoted = (said: string | null): string | null => (said === null ? null : `“${said}”`);

const KINDS: readonly KindContract[] = Object.values(ACTION_KINDS);

/** What the action of an entry is, in the words of its kind. */
function deedOf(detail: Detail): { readonly deed: string; readonly past: string } {
  const verb = text(detail, 'verb');
  const kind = KINDS.find(({ verbs }) => verb !== null && verbs.includes(verb));
  const noun = kind?.noun ?? verb ?? 'action';
  const past = kind?.past ?? 'did what was asked of';
  const name = text(detail, 'service_name') ?? 'a service';
  return { deed: `${noun} of ${name}`, past: `${past.charAt(0).toUpperCase()}${past.slice(1)} ${name}` };
}
const service = (detail: Detail): string => text(detail, 'service_name') ?? 'a service';
const named = (noun: string, name: string | null): string =>
  name === null ? `a ${noun}` : `the ${noun} ${name}`;

const reasonOf = (detail: Detail) => quoted(text(detail, 'reason'));
const noteOf = (detail: Detail) => text(detail, 'note');

const ACTIONS: Pick<Record<AuditVerb, Words>, Extract<AuditVerb, `action.${string}`>> = {
  'action.requested': (d) => ({ what: `Asked for the ${deedOf(d).deed}` }),
  'action.approved': (d) => ({
    what: `Approved the ${deedOf(d).deed}`,
    more: d['self_approved'] === true ? 'their own request' : null,
  }),
  'action.rejected': (d) => ({ what: `Rejected the ${deedOf(d).deed}`, more: reasonOf(d) }),
  'action.cancel_requested': (d) => ({ what: `Asked to take back the ${deedOf(d).deed}` }),
  'action.cancelled': (d) => ({ what: `Took back the ${deedOf(d).deed}` }),
  'action.expired': (d) => ({ what: `Let the ${deedOf(d).deed} expire`, more: noteOf(d) }),
  'action.dispatched': (d) => ({ what: `Sent the order for the ${deedOf(d).deed}` }),
  'action.executing': (d) => ({ what: `Began the ${deedOf(d).deed}` }),
  'action.completed': (d) => ({ what: deedOf(d).past, more: noteOf(d) }),
  'action.failed': (d) => ({ what: `Failed at the ${deedOf(d).deed}`, more: noteOf(d) }),
  'action.refused': (d) => ({ what: `Refused the ${deedOf(d).deed}`, more: noteOf(d) }),
  'action.unknown': (d) => ({ what: `Lost sight of the ${deedOf(d).deed}`, more: noteOf(d) }),
  'action.abandoned': (d) => ({ what: `Closed the ${deedOf(d).deed}`, more: reasonOf(d) }),
};

const WORDS: Record<AuditVerb, Words> = {
  ...ACTIONS,
  ...OF_PEOPLE,
  'server.created': () => ({ what: 'Added the server' }),
  'server.deleted': () => ({ what: 'Removed the server' }),
  'key.created': (d) => ({ what: `Made ${named('key', text(d, 'name'))}` }),
  'key.revoked': (d) => ({ what: `Revoked ${named('key', text(d, 'name'))}` }),
  'key.replaced': (d) => ({ what: `Replaced ${named('key', text(d, 'name'))}`, more: text(d, 'by') }),
  'freeze.changed': (d) => ({
    what: part(d, 'freeze')['on'] === true ? 'Froze the fleet' : 'Lifted the freeze',
    more: quoted(text(part(d, 'freeze'), 'reason')),
  }),
  'policy.changed': (d) => ({ what: `Wrote ${named('policy', text(part(d, 'policy'), 'name'))}` }),
  'policy.removed': (d) => ({ what: `Removed ${named('policy', text(d, 'name'))}` }),
  'policy.noted': (d) => ({
    what: `Noted of ${named('policy', text(part(d, 'policy'), 'name'))}`,
    more: text(part(part(d, 'policy'), 'noted'), 'note'),
  }),
  'automation.changed': (d) => {
    const halted = part(d, 'automation')['halted'];
    return {
      what: halted === null ? 'Let automation go on' : 'Halted automation',
      more: text(part(part(d, 'automation'), 'halted'), 'because'),
    };
  },
  'enrolment.made': (d) => ({ what: 'Made an enrolment token', more: text(d, 'token') }),
  'enrolment.used': (d) => ({ what: 'Enrolled with a token', more: text(d, 'token') }),
  'agent.key_asked': () => ({ what: 'Asked for a new key of the agent' }),
  'agent.key_changed': (d) => ({
    what: 'Changed its key',
    more: `${text(d, 'from') ?? ''} → ${text(d, 'to') ?? ''}`,
  }),
  'agent.old_key_shown': (d) => ({
    what: 'Turned away an agent with a key that was replaced',
    more: text(d, 'key'),
  }),
  'hub.key_changed': (d) => ({
    what: d['followed'] === true ? 'Changed the hub’s key' : 'Found another key of the hub',
    more: `${text(d, 'from') ?? ''} → ${text(d, 'to') ?? ''}`,
  }),
  'maintenance.begun': (d) => ({ what: 'Began maintenance', more: quoted(text(d, 'reason')) }),
  'maintenance.ended': () => ({ what: 'Ended maintenance' }),
  'expectation.added': (d) => ({ what: `Expects ${service(d)} to run` }),
  'expectation.changed': (d) => ({
    what: `Changed how ${service(d)} is expected`,
    more: d['enabled'] === false ? 'switched off' : null,
  }),
  'expectation.removed': (d) => ({ what: `Expects ${service(d)} no more` }),
  'store.set_back': () => ({ what: 'Found the store set back to an older one' }),
  'order.unaccounted': (d) => ({
    what: `Told of an order that the store does not know: ${text(d, 'target') ?? 'of nothing named'}`,
    more: text(d, 'note') ?? text(d, 'outcome'),
  }),
  'agent.quarantined': (d) => ({ what: 'Put the agent into quarantine', more: text(d, 'reason') }),
  'agent.released': () => ({ what: 'Released the agent from quarantine' }),
  'channel.created': (d) => ({ what: `Added ${named('channel', text(d, 'name'))}`, more: text(d, 'kind') }),
  'channel.changed': (d) => ({ what: `Changed ${named('channel', text(d, 'name'))}`, more: text(d, 'kind') }),
  'channel.removed': (d) => ({ what: `Removed ${named('channel', text(d, 'name'))}`, more: text(d, 'kind') }),
  'heartbeat.created': (d) => ({
    what: `Added ${named('heartbeat', text(d, 'name'))}`,
    more: text(d, 'host'),
  }),
  'heartbeat.changed': (d) => ({
    what: `Changed ${named('heartbeat', text(d, 'name'))}`,
    more: text(d, 'host'),
  }),
  'heartbeat.removed': (d) => ({
    what: `Removed ${named('heartbeat', text(d, 'name'))}`,
    more: text(d, 'host'),
  }),
};

const isKnown = (verb: string): verb is AuditVerb => Object.hasOwn(WORDS, verb);

/** An entry in words; one with a verb that this version does not know is shown by that verb. */
export function auditWords({ verb, detail }: Pick<AuditEntry, 'verb' | 'detail'>): AuditWords {
  if (!isKnown(verb)) return { what: verb === '' ? 'No verb' : verb, more: text(detail, 'reason') };
  const { what, more = null } = WORDS[verb](detail);
  return { what, more };
}

/** What an entry is about: `plex on media-01`. */
export function subjectOf({ server_id, detail }: AuditEntry): string {
  if (server_id === null) return 'the hub';
  const name = text(detail, 'service_name');
  return name === null ? server_id : `${name} on ${server_id}`;
}

const AGENT = 'agent:';

/** Who did it, in words: `agent:nas-01` is the agent of nas-01. */
export const whoWords = (actor: string): string =>
  actor.startsWith(AGENT) ? `agent ${actor.slice(AGENT.length)}` : actorWords(actor);
