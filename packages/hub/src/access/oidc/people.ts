import { type Role, SignatureName } from '@homelabcmd/protocol';
import type { LogTransaction } from '../../events/log.ts';
import { Refusal } from '../../lib/refusal.ts';
import { insertUser } from '../people/users.ts';
import type { Seen } from './provider.ts';

/**
 * The person whom the provider has seen: the one that it has always been, or a new one. Nobody is found by a name, for a name
 * at the provider can be given to another. The role is the provider's to say, each time.
 * @throws Refusal `unauthenticated` for whom no rule gives a role, or who is disabled here; `already_exists`
 */
export async function personSeen(open: LogTransaction, { subject, names, role }: Seen) {
  if (role === null)
    throw new Refusal(
      'unauthenticated',
      'You are known there, but no rule here gives you a role. Ask whoever runs this hub.',
    );
  const known = await open.tx
    .selectFrom('users')
    .select(['user_id', 'name', 'role', 'disabled_at'])
    .where('oidc_subject', '=', subject)
    .executeTakeFirst();
  if (!known) return addPerson(open, subject, nameFrom(names, subject), role);
  const { user_id: userId, name } = known;
  if (known.disabled_at !== null) throw new Refusal('unauthenticated', 'This account is disabled here.');
  if (known.role !== role) {
    await open.append({ type: 'user.changed', serverId: null, actor: name }, async () => {
      await open.tx.updateTable('users').set({ role }).where('user_id', '=', userId).execute();
      return { user_id: userId, name };
    });
    const detail = {
      user_id: userId,
      name,
      role_before: known.role,
      role,
      by: 'the provider of the single sign-on',
    };
    await open.audit({ verb: 'user.changed', actor: name, serverId: null, detail });
  }
  return { userId, name };
}

/** Where the name is somebody else's here, it is told apart by where this one comes from. */
async function addPerson(open: LogTransaction, oidcSubject: string, plain: string, role: Role) {
  const issuer = new URL(oidcSubject.split(' ', 1)[0] ?? '').hostname;
  const add = async (name: string) => ({
    userId: await insertUser(open, name, { name, role, oidcSubject }),
    name,
  });
  try {
    return await add(plain);
  } catch (error) {
    if (!(error instanceof Refusal && error.code === 'already_exists')) throw error;
    return add(`${plain.slice(0, 24)}@${issuer.slice(-25)}`);
  }
}

/** The first that can be a signature, with what cannot be in one left out. */
function nameFrom(names: readonly string[], subject: string): string {
  for (const name of names) {
    const plain = name
      .normalize('NFKD')
      .replaceAll(/[^A-Za-z0-9._@ -]/g, '')
      .replaceAll(/ +/g, ' ')
      .trim()
      .slice(0, 50)
      .trim();
    if (SignatureName.safeParse(plain).success) return plain;
  }
  return `person-${Buffer.from(subject).toString('hex').slice(-12)}`;
}
