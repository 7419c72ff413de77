import type { AuditVerb } from '@homelabcmd/protocol';
import { text, type Words } from './detail.ts';

const who = (detail: Parameters<Words>[0]): string => text(detail, 'name') ?? 'somebody';

/** What was done about people and their sessions, in words. */
export const OF_PEOPLE: Pick<
  Record<AuditVerb, Words>,
  Extract<AuditVerb, `${'user' | 'session'}.${string}`>
> = {
  'session.opened': (d) => ({ what: 'Signed in', more: passkeyOf(d) }),
  'session.ended': () => ({ what: 'Signed out' }),
  'user.created': (d) => ({ what: `Added ${who(d)}`, more: text(d, 'role') }),
  'user.changed': (d) => ({ what: `Changed what ${who(d)} may do`, more: changeOf(d) }),
  'user.removed': (d) => ({ what: `Removed ${who(d)}`, more: text(d, 'role') }),
  'user.invited': (d) => ({
    what: `Invited ${who(d)} anew`,
    more: 'what they signed in with until then ended',
  }),
  'user.joined': () => ({ what: 'Took up an invitation' }),
  'user.password_changed': () => ({ what: 'Changed their password' }),
  'user.totp_added': () => ({ what: 'Added an authenticator' }),
  'user.totp_removed': () => ({ what: 'Removed their authenticator' }),
  'user.passkey_added': (d) => ({ what: 'Added a passkey', more: text(d, 'passkey') }),
  'user.passkey_renamed': (d) => ({ what: 'Renamed a passkey', more: text(d, 'passkey') }),
  'user.passkey_removed': (d) => ({ what: 'Removed a passkey', more: text(d, 'passkey') }),
  'user.passkey_refused': (d) => ({
    what: `A passkey of ${who(d)} was refused`,
    more: 'its count did not go on: there may be a copy of it',
  }),
};

function passkeyOf(detail: Parameters<Words>[0]): string | null {
  const passkey = text(detail, 'passkey');
  return passkey === null ? null : `with the passkey ${passkey}`;
}

function changeOf(detail: Parameters<Words>[0]): string | null {
  const [before, role] = [text(detail, 'role_before'), text(detail, 'role')];
  const roles = before !== null && role !== null && before !== role ? `from ${before} to ${role}` : null;
  const disabled = detail['is_disabled'] === true ? 'disabled' : null;
  return [roles, disabled].filter((words) => words !== null).join(', ') || null;
}
