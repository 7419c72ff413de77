import { randomBytes } from 'node:crypto';
import { type Role, SCOPES_OF_ROLE, type User } from '@homelabcmd/protocol';
import type { EventLog, LogTransaction } from '../../events/log.ts';
import { timestamp } from '../../lib/clock.ts';
import type { Principal } from '../../lib/handler.ts';
import { Refusal } from '../../lib/refusal.ts';
import { digestOf, newSecret } from '../../lib/secrets.ts';
import type { Store } from '../../store/schema.ts';
import { assertMayGrant } from '../grant.ts';
import { takeName } from '../names.ts';
import { passkeysOf } from '../passkeys/keeping.ts';

/** An invitation that nobody took up is worth nothing after this. */
const INVITATION_MS = 72 * 3_600_000;

export interface Invited {
  readonly user: User;
  /** Shown once; the store keeps its digest. */
  readonly token: string;
  readonly expires_at: string;
}

/** The people, by name. */
export async function listUsers(db: Store, { limit, offset }: { limit: number; offset: number }) {
  const rows = await selectUsers(db)
    .orderBy((eb) => eb.fn<string>('lower', ['name']))
    .limit(limit)
    .offset(offset)
    .execute();
  const { total } = await db
    .selectFrom('users')
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return { users: rows.map(userOf), total, limit, offset };
}

/** Adds a person, who has yet to choose a password. @throws Refusal `already_exists`, `forbidden` */
export function createUser(
  log: EventLog,
  principal: Principal,
  { name, role }: { name: string; role: Role },
): Promise<Invited> {
  assertMayGrant(principal, SCOPES_OF_ROLE[role]);
  return log.transaction(async (open) => {
    const userId = await insertUser(open, principal.name, { name, role });
    return invite(open, userId);
  });
}

interface NewUser {
  readonly name: string;
  readonly role: Role;
  readonly passwordHash?: string | null;
  readonly oidcSubject?: string | null;
}

/** The one way in which a person comes to be. @returns their id */
export async function insertUser(
  open: LogTransaction,
  actor: string,
  { name, role, passwordHash = null, oidcSubject = null }: NewUser,
): Promise<string> {
  await takeName(open, name, name);
  const userId = `usr_${randomBytes(9).toString('base64url')}`;
  await open.append({ type: 'user.created', serverId: null, actor }, async () => {
    await open.tx
      .insertInto('users')
      .values({
        ...{ user_id: userId, name, role, password_hash: passwordHash },
        oidc_subject: oidcSubject,
        ...{ totp_secret: null, totp_confirmed_at: null, totp_last_step: null, disabled_at: null },
        ...{ created_at: open.now, created_by: actor, last_signed_in_at: null },
      })
      .execute();
    return { user_id: userId, name };
  });
  await open.audit({ verb: 'user.created', actor, serverId: null, detail: { user_id: userId, name, role } });
  return userId;
}

/**
 * Changes what a person may do. What they have open is closed by whoever calls, after the commit.
 * @throws Refusal `not_found`, `last_admin`, `forbidden`
 */
export function changeUser(
  log: EventLog,
  principal: Principal,
  userId: string,
  change: { role?: Role | undefined; is_disabled?: boolean | undefined },
): Promise<User> {
  if (change.role !== undefined) assertMayGrant(principal, SCOPES_OF_ROLE[change.role]);
  return log.transaction(async (open) => {
    const before = await findUser(open.tx, userId);
    // Who may not grant what somebody has may not take it either, or give it back.
    assertMayGrant(principal, SCOPES_OF_ROLE[before.role]);
    const role = change.role ?? before.role;
    const isDisabled = change.is_disabled ?? before.status === 'disabled';
    const staysAdmin = role === 'admin' && !isDisabled;
    if (!staysAdmin) await refuseLastAdmin(open.tx, before, 'Make somebody else an administrator first.');
    const disabled_at = isDisabled ? open.now : null;
    await tell(open, principal.name, before, async () => {
      await open.tx.updateTable('users').set({ role, disabled_at }).where('user_id', '=', userId).execute();
      if (isDisabled) await endSessions(open.tx, userId);
    });
    const detail = {
      user_id: userId,
      name: before.name,
      role_before: before.role,
      role,
      is_disabled: isDisabled,
    };
    await open.audit({ verb: 'user.changed', actor: principal.name, serverId: null, detail });
    return findUser(open.tx, userId);
  });
}

/**
 * Lets a person choose a new password, and takes from them what they could sign in with until now.
 * @throws Refusal `not_found`, `last_admin`, `forbidden`
 */
export function inviteUser(log: EventLog, principal: Principal, userId: string): Promise<Invited> {
  return log.transaction(async (open) => {
    const user = await findUser(open.tx, userId);
    assertMayGrant(principal, SCOPES_OF_ROLE[user.role]);
    if (principal.userId !== userId)
      await refuseLastAdmin(open.tx, user, 'They would be without a password.');
    await tell(open, principal.name, user, async () => {
      await open.tx
        .updateTable('users')
        .set({ password_hash: null, totp_secret: null, totp_confirmed_at: null, totp_last_step: null })
        .where('user_id', '=', userId)
        .execute();
      await open.tx.deleteFrom('passkeys').where('user_id', '=', userId).execute();
      await endSessions(open.tx, userId);
    });
    return invite(open, userId, principal.name);
  });
}

async function invite(open: LogTransaction, userId: string, actor?: string): Promise<Invited> {
  const token = newSecret('hlci');
  const expiresAt = timestamp(Date.parse(open.now) + INVITATION_MS);
  await open.tx.deleteFrom('invitations').where('user_id', '=', userId).execute();
  await open.tx
    .insertInto('invitations')
    .values({ token_digest: digestOf(token), user_id: userId, created_at: open.now, expires_at: expiresAt })
    .execute();
  const user = await findUser(open.tx, userId);
  if (actor !== undefined)
    await open.audit({
      ...{ verb: 'user.invited', actor, serverId: null },
      detail: { user_id: userId, name: user.name, expires_at: expiresAt },
    });
  return { user, token, expires_at: expiresAt };
}

/** @throws Refusal `not_found`, `last_admin`, `forbidden` */
export async function deleteUser(log: EventLog, principal: Principal, userId: string): Promise<void> {
  await log.transaction(async (open) => {
    const user = await findUser(open.tx, userId);
    assertMayGrant(principal, SCOPES_OF_ROLE[user.role]);
    await refuseLastAdmin(open.tx, user, 'Make somebody else an administrator first.');
    await open.append({ type: 'user.removed', serverId: null, actor: principal.name }, async () => {
      await open.tx.deleteFrom('users').where('user_id', '=', userId).execute();
      return { user_id: userId, name: user.name };
    });
    const detail = { user_id: userId, name: user.name, role: user.role };
    await open.audit({ verb: 'user.removed', actor: principal.name, serverId: null, detail });
  });
}

async function tell(
  open: LogTransaction,
  actor: string,
  user: User,
  write: () => Promise<void>,
): Promise<void> {
  await open.append({ type: 'user.changed', serverId: null, actor }, async () => {
    await write();
    return { user_id: user.user_id, name: user.name };
  });
}

const endSessions = (tx: Store, userId: string) =>
  tx.deleteFrom('sessions').where('user_id', '=', userId).execute();

/** With nobody left who may change who may, only the console could. */
async function refuseLastAdmin(tx: Store, user: User, advice: string): Promise<void> {
  if (user.role !== 'admin' || user.status !== 'active') return;
  const others = await tx
    .selectFrom('users')
    .select('user_id')
    .where('role', '=', 'admin')
    .where('disabled_at', 'is', null)
    .where((eb) => eb.or([eb('password_hash', 'is not', null), eb('oidc_subject', 'is not', null)]))
    .where('user_id', '<>', user.user_id)
    .limit(1)
    .execute();
  if (others.length === 0)
    throw new Refusal('last_admin', `${user.name} is the last administrator who can sign in. ${advice}`);
}

/** @throws Refusal `not_found` */
async function findUser(db: Store, userId: string): Promise<User> {
  const row = await selectUsers(db).where('user_id', '=', userId).executeTakeFirst();
  if (!row) throw new Refusal('not_found', 'There is no such person.');
  return userOf(row);
}

const selectUsers = (db: Store) =>
  db
    .selectFrom('users')
    .select(['user_id', 'name', 'role', 'disabled_at', 'created_at', 'created_by', 'last_signed_in_at'])
    .select((eb) => [
      eb('password_hash', 'is not', null).as('has_password'),
      eb('oidc_subject', 'is not', null).as('has_oidc'),
      eb('totp_confirmed_at', 'is not', null).as('has_totp'),
      eb
        .exists(
          eb.selectFrom('passkeys').select('passkey_id').whereRef('passkeys.user_id', '=', 'users.user_id'),
        )
        .as('has_passkey'),
    ]);

type UserRow = Awaited<ReturnType<ReturnType<typeof selectUsers>['executeTakeFirstOrThrow']>>;

function userOf({ disabled_at, has_password, has_oidc, has_passkey, has_totp, ...row }: UserRow): User {
  const signs_in_by: User['signs_in_by'] = [
    ...(has_password ? (['password'] as const) : []),
    // Who comes in by the single sign-on alone proves themselves by a passkey, and does not come in by it.
    ...(has_password && has_passkey ? (['passkey'] as const) : []),
    ...(has_oidc ? (['oidc'] as const) : []),
  ];
  const status = disabled_at !== null ? 'disabled' : signs_in_by.length > 0 ? 'active' : 'invited';
  // SQLite answers 0 and 1.
  return { ...row, status, signs_in_by, has_totp: Boolean(has_totp) };
}

/** What somebody signs in and proves themselves with, passkeys where one is for the host by which they came. */
export async function meansOf(db: Store, userId: string, host: string | null) {
  const row = await db
    .selectFrom('users')
    .select(['password_hash', 'oidc_subject', 'totp_confirmed_at'])
    .where('user_id', '=', userId)
    .executeTakeFirst();
  const passkeys = host === null ? [] : await passkeysOf(db, userId, host);
  return {
    has_totp: (row?.totp_confirmed_at ?? null) !== null,
    proves_by: [
      ...(passkeys.length === 0 ? [] : (['passkey'] as const)),
      ...((row?.password_hash ?? null) === null ? [] : (['password'] as const)),
      ...((row?.oidc_subject ?? null) === null ? [] : (['oidc'] as const)),
    ],
  };
}
