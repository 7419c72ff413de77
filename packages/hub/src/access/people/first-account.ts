import { Refusal } from '../../lib/refusal.ts';
import { newSecret, digestOf, sameDigest } from '../../lib/secrets.ts';
import type { Store } from '../../store/schema.ts';
import type { LogTransaction } from '../../events/log.ts';
import { hashPassword } from './passwords.ts';
import { insertUser } from './users.ts';

/**
 * The way to the first account: a token that the hub's console shows, of which only whoever can read that console knows. It
 * is made anew at each start until there is an account, is nowhere on disk, and opens nothing from then on.
 */
export class FirstAccount {
  readonly #digest: string | null;
  /** To be shown on the console; `null` where there are accounts already. */
  readonly token: string | null;
  #isDone: boolean;

  private constructor(token: string | null) {
    this.token = token;
    this.#digest = token === null ? null : digestOf(token);
    this.#isDone = token === null;
  }

  static async open(db: Store): Promise<FirstAccount> {
    return new FirstAccount((await hasUsers(db)) ? null : newSecret('hlc1'));
  }

  /** Nobody has an account yet. */
  get isToCome(): boolean {
    return !this.#isDone;
  }

  /**
   * Makes the first account, an administrator's.
   * @returns their id
   * @throws Refusal `not_found` once there is one, `unauthenticated`, `already_exists`
   */
  async make(
    transaction: <T>(work: (open: LogTransaction) => Promise<T>) => Promise<T>,
    { token, name, password }: { token: string; name: string; password: string },
    then: (open: LogTransaction, userId: string) => Promise<void>,
  ): Promise<void> {
    if (this.#digest === null || this.#isDone) throw gone();
    if (!sameDigest(digestOf(token), this.#digest))
      throw new Refusal('unauthenticated', 'This is not the token that the console of the hub shows.');
    const passwordHash = await hashPassword(password);
    await transaction(async (open) => {
      // Two may have come at once, and each has seen none.
      if (await hasUsers(open.tx)) throw gone();
      const userId = await insertUser(open, name, { name, role: 'admin', passwordHash });
      await then(open, userId);
    });
    this.#isDone = true;
  }
}

const gone = () =>
  new Refusal('not_found', 'This hub is set up: sign in. Who has no account asks an administrator for one.');

async function hasUsers(db: Store): Promise<boolean> {
  return (await db.selectFrom('users').select('user_id').limit(1).execute()).length > 0;
}
