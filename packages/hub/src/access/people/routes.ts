import type { ResponseOf, api } from '@homelabcmd/protocol';
import type { EventLog } from '../../events/log.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Handlers } from '../../lib/handler.ts';
import type { Store } from '../../store/schema.ts';
import { endOtherSessions, endSession, listSessions } from '../sessions/listing.ts';
import { beginTotp, changePassword, confirmTotp, removeTotp } from './account.ts';
import type { Vault } from './vault.ts';
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
  readonly vault: Vault;
  /** What somebody has open may be open no longer: look at all of it. */
  accessChanged(): void;
}

export function peopleHandlers(parts: PeopleParts): Handlers<Routes> {
  const { db, log, clock } = parts;
  const totp = { pending: new Map<string, string>(), vault: parts.vault };
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
    createUser: ({ body, principal, from }) => createUser(log.from(from), principal, body),
    changeUser: ({ params, body, principal, from }) =>
      changed(changeUser(log.from(from), principal, params.user_id, body)),
    inviteUser: ({ params, principal, from }) =>
      changed(inviteUser(log.from(from), principal, params.user_id)),
    deleteUser: ({ params, principal, from }) =>
      nothing(deleteUser(log.from(from), principal, params.user_id)),
    listSessions: ({ query, principal, session }) =>
      listSessions(db, clock, principal, session?.sessionId ?? null, query),
    endSession: ({ params, principal, from }) =>
      nothing(endSession(log.from(from), principal, params.session_id)),
    endOtherSessions: ({ principal, session, from }) =>
      nothing(endOtherSessions(log.from(from), principal, session?.sessionId ?? null)),
    changePassword: ({ body, principal, session, from }) =>
      nothing(changePassword(log.from(from), principal, session?.sessionId ?? null, body.password)),
    beginTotp: ({ principal }) => beginTotp(totp.pending, principal),
    confirmTotp: ({ body, principal, from }) =>
      nothing(confirmTotp(log.from(from), clock, totp, principal, body.totp_code)),
    removeTotp: ({ principal, from }) => nothing(removeTotp(log.from(from), principal)),
  };
}
