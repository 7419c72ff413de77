import { Refusal } from '../../lib/refusal.ts';
import type { Store } from '../../store/schema.ts';
import { statement } from '../../store/statement.ts';

interface Asked {
  readonly credentialId: string;
  /** In lower case. */
  readonly actor: string;
}

/** Whose passkey it is here, and the person behind who approves. */
const ownerAndPerson = statement<Asked, { owner: string; person: string | null }>(
  (db, { credentialId, actor }) =>
    db
      .selectFrom('passkeys')
      .innerJoin('users', 'users.user_id', 'passkeys.user_id')
      .leftJoin('signatures', (join) => join.on('signatures.signature', '=', actor))
      .select(['users.name as owner', 'signatures.person'])
      .where('passkeys.credential_id', '=', credentialId),
);

/**
 * Whoever approves signs with a passkey of their own, so that the record names one person and not two. Of a passkey that
 * this hub does not know, the server alone knows whose it is.
 * @throws Refusal `bad_seal`
 */
export async function assertOwn(db: Store, actor: string, credentialId: string): Promise<void> {
  const name = actor.toLowerCase();
  const [found] = (await ownerAndPerson(db, { credentialId, actor: name })).rows;
  if (found !== undefined && found.owner.toLowerCase() !== (found.person ?? name))
    throw new Refusal('bad_seal', `This passkey is ${found.owner}'s. Sign with one of your own.`);
}
