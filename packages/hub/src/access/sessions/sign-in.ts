import type { BodyOf, api } from '@homelabcmd/protocol';
import type { EventLog, LogTransaction } from '../../events/log.ts';
import { type Clock, nowOf } from '../../lib/clock.ts';
import type { Principal } from '../../lib/handler.ts';
import type { Logger } from '../../lib/log.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Store } from '../../store/schema.ts';
import { isPassword } from '../people/passwords.ts';
import { stepOfCode } from '../people/totp.ts';
import type { Vault } from '../people/vault.ts';
import { principalOfKey } from '../principal.ts';
import { type Caller, type OpenedSession, openSession, type Owner } from './sessions.ts';
import { Throttle } from './throttle.ts';

export interface SignInParts {
  readonly db: Store;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly vault: Vault;
}

type ByName = Exclude<BodyOf<typeof api.signIn>, { api_key: string }>;
type Secrets = Pick<ByName, 'password' | 'totp_code'>;

/** Where people prove who they are: at the door, and again later for what needs a fresh proof. */
export class SignIn {
  readonly #parts: SignInParts;
  readonly throttle: Throttle;

  constructor(parts: SignInParts) {
    this.#parts = parts;
    this.throttle = new Throttle(parts.clock);
  }

  /** @throws Refusal `unauthenticated`, `too_many` */
  async byKey(key: string, caller: Caller): Promise<OpenedSession> {
    this.throttle.refuseTooMany(caller.address, null);
    const { db, clock } = this.#parts;
    const principal = await principalOfKey(db, nowOf(clock), key);
    if (!principal) throw this.#failed(caller, null, 'This is not a key of this hub.');
    return this.#parts.log.transaction(async (open) => {
      // It may have been revoked since it was looked at.
      const known = await open.tx
        .selectFrom('api_keys')
        .select('key_id')
        .where('key_id', '=', principal.id)
        .executeTakeFirst();
      if (!known) throw new Refusal('unauthenticated', 'This key was revoked.');
      return this.open(open, { keyId: principal.id }, principal.name, caller);
    });
  }

  /** @throws Refusal `unauthenticated`, `totp_required`, `too_many` */
  async byName({ name, ...secrets }: ByName, caller: Caller): Promise<OpenedSession> {
    const user = await this.#proved(await this.#userOf('lower', name), name, secrets, caller);
    return this.#parts.log.transaction(async (open) => {
      await this.#useCode(open, user, caller);
      return this.open(open, { userId: user.userId }, user.name, caller);
    });
  }

  /**
   * Whether whoever holds a session can prove again who they are.
   * @throws Refusal `forbidden` where they cannot, `totp_required`, `too_many`
   */
  async again(principal: Principal, body: BodyOf<typeof api.proveAgain>, caller: Caller): Promise<void> {
    if ('api_key' in body) {
      this.throttle.refuseTooMany(caller.address, null);
      const shown = await principalOfKey(this.#parts.db, nowOf(this.#parts.clock), body.api_key);
      if (shown?.id === principal.id) return;
      this.#failed(caller, null, '');
      throw new Refusal('forbidden', 'This is not the key that you signed in with.');
    }
    if (principal.kind === 'key') throw new Refusal('forbidden', 'Show the key that you signed in with.');
    const user = await this.#userOf('id', principal.id);
    const proved = await this.#proved(user, principal.name, body, caller).catch((error: unknown) => {
      // Who is signed in stays signed in: only this proof is not good.
      throw error instanceof Refusal && error.code === 'unauthenticated'
        ? new Refusal('forbidden', error.message)
        : error;
    });
    await this.#parts.log.transaction((open) => this.#useCode(open, proved, caller));
  }

  /**
   * Opens a session and writes that down for ever: whoever signs in, signs.
   * @param by with which passkey, where it was one
   */
  async open(
    open: LogTransaction,
    owner: Owner,
    actor: string,
    caller: Caller,
    by: { readonly passkey_id: string; readonly passkey: string } | null = null,
  ): Promise<OpenedSession> {
    const session = await openSession(open.tx, open.now, owner, caller);
    if ('userId' in owner)
      await open.tx
        .updateTable('users')
        .set({ last_signed_in_at: open.now })
        .where('user_id', '=', owner.userId)
        .execute();
    const detail = { session_id: session.sessionId, from_address: caller.address, ...by };
    await open.audit({ verb: 'session.opened', actor, serverId: null, detail });
    return session;
  }

  async #userOf(by: 'lower' | 'id', value: string): Promise<Known | null> {
    const rows = this.#parts.db
      .selectFrom('users')
      .select(['user_id', 'name', 'password_hash', 'totp_secret', 'totp_confirmed_at', 'disabled_at']);
    const row = await (by === 'id'
      ? rows.where('user_id', '=', value)
      : rows.where((eb) => eb(eb.fn<string>('lower', ['name']), '=', value.toLowerCase()))
    ).executeTakeFirst();
    if (!row) return null;
    const { user_id: userId, name, password_hash: hash, totp_confirmed_at, totp_secret } = row;
    const secret = totp_confirmed_at === null ? null : totp_secret;
    return { userId, name, hash: row.disabled_at === null ? hash : null, secret };
  }

  /** What this hub's key does not open is no authenticator: nobody is let in without a code because of that. */
  #opened(shut: string, userId: string): string {
    const secret = this.#parts.vault.open(shut, userId);
    if (secret !== null) return secret;
    throw new Refusal(
      'forbidden',
      'The hub cannot read what it keeps of this authenticator: its hub-key is another one than it was. Put that one back, or let an administrator invite this person anew.',
    );
  }

  async #proved(user: Known | null, name: string, secrets: Secrets, caller: Caller): Promise<Proved> {
    this.throttle.refuseTooMany(caller.address, name);
    // One sentence for all: a stranger does not learn who has an account.
    if (!(await isPassword(secrets.password, user?.hash ?? null)) || user === null)
      throw this.#failed(caller, name, 'Name or password is not right.');
    if (user.secret === null) return { ...user, step: null };
    if (secrets.totp_code === undefined)
      throw new Refusal('totp_required', 'Type the code that your authenticator shows.');
    const step = stepOfCode(
      this.#opened(user.secret, user.userId),
      secrets.totp_code,
      this.#parts.clock.nowMs(),
    );
    if (step === null) throw this.#failed(caller, name, 'This code is not right, or it is no longer valid.');
    return { ...user, step };
  }

  /** A code opens once, whoever else has seen it: the later of two is refused. */
  async #useCode({ tx }: LogTransaction, { userId, name, step }: Proved, caller: Caller): Promise<void> {
    if (step === null) return;
    const { numUpdatedRows } = await tx
      .updateTable('users')
      .set({ totp_last_step: step })
      .where('user_id', '=', userId)
      .where((eb) => eb.or([eb('totp_last_step', 'is', null), eb('totp_last_step', '<', step)]))
      .executeTakeFirst();
    if (numUpdatedRows === 0n)
      throw this.#failed(caller, name, 'This code was used already. Wait for the next one.');
  }

  #failed(caller: Caller, name: string | null, sentence: string): Refusal {
    this.throttle.failed(caller.address, name);
    this.#parts.logger.warn({ address: caller.address, name }, 'somebody could not prove who they are');
    return new Refusal('unauthenticated', sentence);
  }
}

interface Known {
  readonly userId: string;
  readonly name: string;
  /** `null` for who may not sign in by a password. */
  readonly hash: string | null;
  /** Shut in; `null` for who has no authenticator. */
  readonly secret: string | null;
}

interface Proved extends Known {
  readonly step: number | null;
}
