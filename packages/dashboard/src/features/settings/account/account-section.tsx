import { useQueryClient } from '@tanstack/react-query';
import { endOtherSessions } from '../../../api/access/sessions.ts';
import { type OwnSession, useSession } from '../../../api/session.ts';
import { useSending } from '../../../api/use-sending.ts';
import { ROLES, scopeLine } from '../../../api/vocabulary/rights.ts';
import { Button } from '../../../ui/button.tsx';
import { FormError } from '../../../ui/form/fields.tsx';
import { SessionList } from '../sessions/session-list.tsx';
import { Authenticator } from './authenticator.tsx';
import { Passkeys } from './passkeys.tsx';
import { PasswordForm } from './password-form.tsx';

/** Who is signed in, and how they prove it. */
export function AccountSection() {
  const session = useSession().data;
  if (session === undefined) return null;
  const { principal } = session;
  return (
    <>
      <Who principal={principal} />
      {principal.kind === 'person' && (
        <>
          <h3 className="settings-sub">Password</h3>
          <PasswordForm name={principal.name} />
          <h3 className="settings-sub">Passkeys</h3>
          <Passkeys host={session.passkey_host} isForProofs={!principal.proves_by.includes('password')} />
          <h3 className="settings-sub">Authenticator</h3>
          <Authenticator hasOne={principal.has_totp} />
        </>
      )}
      <div className="settings-sub sub-ends">
        <h3>Your sessions</h3>
        <EndOthers />
      </div>
      <SessionList whose="mine" label="Your sessions" />
    </>
  );
}

function Who({ principal: { name, role, scopes } }: { principal: OwnSession['principal'] }) {
  if (role === null)
    return (
      <p className="settings-lede">
        <span>
          You came with the API key <b className="ink">{name}</b>. It may do this: {scopeLine(scopes)}. A
          password, passkeys and an authenticator belong to people: sign in by name to change yours.
        </span>
      </p>
    );
  return (
    <dl className="spec">
      <div>
        <dt>Name</dt>
        <dd className="strong">{name}</dd>
      </div>
      <div>
        <dt>Role</dt>
        <dd>
          {ROLES[role].name}
          <p className="note">{ROLES[role].may}</p>
        </dd>
      </div>
    </dl>
  );
}

function EndOthers() {
  const client = useQueryClient();
  const { send, isSending, off, problem } = useSending('endOtherSessions');
  return (
    <>
      <Button
        kind="quiet"
        off={off}
        isBusy={isSending}
        onClick={() => void send(() => endOtherSessions(client))}
      >
        Sign out all others
      </Button>
      {problem !== null && <FormError words={problem} />}
    </>
  );
}
