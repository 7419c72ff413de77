import type { AuditNote } from '../../events/audit-trail.ts';
import type { EventLog, LogTransaction } from '../../events/log.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Principal } from '../../lib/handler.ts';
import { Refusal } from '../../lib/refusal.ts';
import { digestOf } from '../../lib/secrets.ts';
import { hashPassword } from './passwords.ts';
import { newTotpSecret, stepOfCode, totpUri } from './totp.ts';
import type { Vault } from './vault.ts';

/**
 * Takes up an invitation: the person has this password from now on, and the invitation is gone.
 * @throws Refusal `unauthenticated` for a token that opens nothing
 */
export async function acceptInvitation(
  log: EventLog,
  { token, password }: { token: string; password: string },
  then: (open: LogTransaction, user: { userId: string; name: string }) => Promise<void>,
): Promise<void> {
  const passwordHash = await hashPassword(password);
  await log.transaction(async (open) => {
    const { tx, now } = open;
    const invited = await tx
      .deleteFrom('invitations')
      .where('token_digest', '=', digestOf(token))
      .where('expires_at', '>', now)
      .returning('user_id')
      .executeTakeFirst();
    const user = invited && (await usable(open, invited.user_id));
    if (!user)
      throw new Refusal(
        'unauthenticated',
        'This invitation is not valid, or not any more. Ask an administrator for another.',
      );
    await setPassword(open, user.user_id, passwordHash);
    await open.append({ type: 'user.changed', serverId: null, actor: user.name }, async () => ({
      user_id: user.user_id,
      name: user.name,
    }));
    await open.audit({
      verb: 'user.joined',
      actor: user.name,
      serverId: null,
      detail: { user_id: user.user_id },
    });
    await then(open, { userId: user.user_id, name: user.name });
  });
}

const usable = ({ tx }: LogTransaction, userId: string) =>
  tx
    .selectFrom('users')
    .select(['user_id', 'name'])
    .where('user_id', '=', userId)
    .where('disabled_at', 'is', null)
    .executeTakeFirst();

const setPassword = ({ tx }: LogTransaction, userId: string, hash: string) =>
  tx.updateTable('users').set({ password_hash: hash }).where('user_id', '=', userId).execute();

/** Changes the password of who asks, and ends their other sessions. */
export async function changePassword(
  log: EventLog,
  principal: Principal,
  sessionId: string | null,
  password: string,
): Promise<void> {
  const passwordHash = await hashPassword(password);
  await log.transaction(async (open) => {
    await setPassword(open, principal.id, passwordHash);
    await open.tx
      .deleteFrom('sessions')
      .where('user_id', '=', principal.id)
      .where('session_id', '<>', sessionId ?? '')
      .execute();
    await note(open, principal, 'user.password_changed');
  });
}

/** Secrets that were shown and have yet to be confirmed, and where those go that were. */
export interface Totp {
  readonly pending: Map<string, string>;
  readonly vault: Vault;
}

/** Makes a secret that does not count yet. One that counts goes on counting until the new one is confirmed. */
export async function beginTotp(pending: Map<string, string>, principal: Principal) {
  const secret = newTotpSecret();
  pending.set(principal.id, secret);
  return { secret, uri: totpUri(secret, principal.name) };
}

/** @throws Refusal `not_found` when none was begun, `forbidden` when the code is not right */
export async function confirmTotp(
  log: EventLog,
  clock: Clock,
  { pending, vault }: Totp,
  principal: Principal,
  code: string,
): Promise<void> {
  const secret = pending.get(principal.id);
  if (secret === undefined)
    throw new Refusal('not_found', 'Begin again: the hub has been restarted, or no authenticator was begun.');
  const step = stepOfCode(secret, code, clock.nowMs());
  if (step === null) throw new Refusal('forbidden', 'This code is not right. Look whether the clock is.');
  await log.transaction(async (open) => {
    await open.tx
      .updateTable('users')
      .set({
        totp_secret: vault.shut(secret, principal.id),
        totp_confirmed_at: open.now,
        totp_last_step: step,
      })
      .where('user_id', '=', principal.id)
      .execute();
    await note(open, principal, 'user.totp_added');
  });
  pending.delete(principal.id);
}

export async function removeTotp(log: EventLog, principal: Principal): Promise<void> {
  await log.transaction(async (open) => {
    await open.tx
      .updateTable('users')
      .set({ totp_secret: null, totp_confirmed_at: null, totp_last_step: null })
      .where('user_id', '=', principal.id)
      .execute();
    await note(open, principal, 'user.totp_removed');
  });
}

async function note(open: LogTransaction, { id, name }: Principal, verb: AuditNote['verb']): Promise<void> {
  await open.append({ type: 'user.changed', serverId: null, actor: name }, async () => ({
    user_id: id,
    name,
  }));
  await open.audit({ verb, actor: name, serverId: null, detail: { user_id: id, name } });
}
