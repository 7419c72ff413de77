import type { OpenSession } from '@homelabcmd/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { type Whose, endSession, useSessions } from '../../../api/access/sessions.ts';
import { detailOf, hasCode, requestIdOf } from '../../../api/problem.ts';
import { useSending } from '../../../api/use-sending.ts';
import { Button } from '../../../ui/button.tsx';
import { FormError } from '../../../ui/form/fields.tsx';
import { Icon } from '../../../ui/glyphs/icon.tsx';
import { PanelError } from '../../../ui/panel-error.tsx';
import { RowSkeleton } from '../../../ui/skeleton.tsx';
import { Ago } from '../../../ui/time.tsx';
import { browserWords } from '../../../lib/browser/browser-words.ts';

interface SessionListProps {
  readonly whose: Whose;
  readonly label: string;
}

/** The sign-ins that are open, the newest first. */
export function SessionList({ whose, label }: SessionListProps) {
  const sessions = useSessions(whose);
  if (sessions.isPending) return <RowSkeleton rows={2} label="Loading the sessions" />;
  if (sessions.data === undefined) {
    return (
      <PanelError
        title="Could not load the sessions"
        detail={detailOf(sessions.error)}
        requestId={requestIdOf(sessions.error)}
        onRetry={() => void sessions.refetch()}
      />
    );
  }
  if (sessions.data.length === 0) return <p className="empty">There is none: you show a key each time.</p>;
  return (
    <ul className="attn keys" aria-label={label}>
      {sessions.data.map((session) => (
        <SessionRow key={session.session_id} session={session} isNamed={whose === 'all'} />
      ))}
    </ul>
  );
}

function SessionRow({ session, isNamed }: { session: OpenSession; isNamed: boolean }) {
  const { principal_name, user_agent, address, created_at, last_used_at, is_current, user_id } = session;
  const client = useQueryClient();
  const { send, isSending, off, problem, error } = useSending('endSession');
  const words = browserWords(user_agent);
  const what = isNamed ? `${principal_name}, ${words}` : words;
  return (
    <li data-session={session.session_id}>
      <div className="attn-head">
        <Icon name={user_id === null ? 'key' : 'person'} />
        <div>
          <p className="what">
            {what} {is_current && <span className="badge">this one</span>}
          </p>
          <p className="why">
            From {address}. Signed in <Ago at={created_at} />, last used <Ago at={last_used_at} />.
          </p>
          {problem !== null && !hasCode(error, 'not_found') && <FormError words={problem} />}
        </div>
        {!is_current && (
          <div className="row-actions">
            <Button
              kind="quiet"
              aria-label={`Sign out ${what} from ${address}`}
              off={off}
              isBusy={isSending}
              onClick={() => void send(() => endSession(client, session))}
            >
              Sign out
            </Button>
          </div>
        )}
      </div>
    </li>
  );
}
