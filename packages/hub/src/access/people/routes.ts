import type { ResponseOf, api } from '@homelabcmd/protocol';
import type { EventLog } from '../../events/log.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Handlers } from '../../lib/handler.ts';
import type { Store } from '../../store/schema.ts';
import { endOtherSessions, endSession, listSessions } from '../sessions/listing.ts';
import { beginTotp, changePassword, confirmTotp, removeTotp } from './account.ts';
import { changeUser, createUser, deleteUser, inviteUser, listUsers } from './users.ts';

type Routes = Pick<
  typeof api,
  | 'listUsers'
  | 'createUser'
  | 'changeUser'
  | 'inviteUser'
  | 'deleteUser'
  | 'listSessions'
  | 'endSession'
  | 'endOtherSessions'
  | 'changePassword'
  | 'beginTotp'
  | 'confirmTotp'
  | 'removeTotp'
>;

export interface PeopleParts {
  readonly db: Store;
  readonly log: EventLog;
  readonly clock: Clock;
  /** What somebody has open may be open no longer: look at all of it. */
  accessChanged(): void;
}

export function peopleHandlers(parts: PeopleParts): Handlers<Routes> {
  const { db, log, clock } = parts;
  /** Secrets that were shown and have yet to be confirmed. */
  const pendingTotp = new Map<string, string>();
  const changed = async <T>(work: Promise<T>): Promise<T> => {
    const answer = await work;
    parts.accessChanged();
    return answer;
  };
  const nothing = async (work: Promise<void>): Promise<ResponseOf<typeof api.deleteUser>> => {
    await changed(work);
    return null;
  };
  return {
    listUsers: ({ query }) => listUsers(db, query),
    createUser: ({ body, principal }) => createUser(log, principal, body),
    changeUser: ({ params, body, principal }) => changed(changeUser(log, principal, params.user_id, body)),
    inviteUser: ({ params, principal }) => changed(inviteUser(log, principal, params.user_id)),
    deleteUser: ({ params, principal }) => nothing(deleteUser(log, principal, params.user_id)),
    listSessions: ({ query, principal, session }) =>
      listSessions(db, clock, principal, session?.sessionId ?? null, query),
    endSession: ({ params, principal }) => nothing(endSession(log, principal, params.session_id)),
    endOtherSessions: ({ principal, session }) =>
      nothing(endOtherSessions(log, principal, session?.sessionId ?? null)),
    changePassword: ({ body, principal, session }) =>
      nothing(changePassword(log, principal, session?.sessionId ?? null, body.password)),
    beginTotp: ({ principal }) => beginTotp(pendingTotp, principal),
    confirmTotp: ({ body, principal }) =>
      nothing(confirmTotp(log, clock, pendingTotp, principal, body.totp_code)),
    removeTotp: ({ principal }) => nothing(removeTotp(log, principal)),
  };
}
