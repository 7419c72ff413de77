import type { Mutant } from '../mutant.ts';

const FOLDER = 'packages/hub/src/access/passkeys';
const CHALLENGES = `${FOLDER}/challenges.ts`;
const VERIFY = `${FOLDER}/verify.ts`;
const ANSWERS = `${FOLDER}/answers.ts`;
const ofUse = (test: string) => ({ file: 'packages/hub/test/people/passkeys.test.ts', test });
const ofKeeping = (test: string) => ({ file: 'packages/hub/test/people/passkey-keeping.test.ts', test });

/** A hub that does not look well enough at what a passkey has signed. */
export const PASSKEY_MUTANTS: readonly Mutant[] = [
  {
    name: 'an answer of a passkey opens as often as it is sent',
    file: 'packages/hub/src/access/under-way.ts',
    from: 'this.#begun.delete(name);',
    to: '',
    caughtBy: ofUse('of two that come at once with one answer, one comes in'),
  },
  {
    name: 'an answer of a passkey is good in any session',
    file: CHALLENGES,
    from: '(asked) => asked.sessionId === sessionId',
    to: '() => sessionId !== undefined',
    caughtBy: ofUse('a proof is of who is signed in, in the session that asked'),
  },
  {
    name: 'a passkey is taken without a look at who is there',
    file: VERIFY,
    from: `    requireUserVerification: true,
    // Counts`,
    to: `    requireUserVerification: false,
    // Counts`,
    caughtBy: ofUse('a sign-in that is not honest opens nothing'),
  },
  {
    name: 'a frame of another site may ask a passkey',
    file: VERIFY,
    from: 'crossOrigin === true ? null : challenge',
    to: 'crossOrigin === null ? null : challenge',
    caughtBy: ofUse('a proof that is not honest proves nothing, and signs nobody out'),
  },
  {
    name: 'anybody’s passkey proves that it is you',
    file: ANSWERS,
    from: '(principal === null || kept.userId === principal.id)',
    to: '(principal === null || kept.userId !== null)',
    caughtBy: ofUse('a proof is of who is signed in, in the session that asked'),
  },
  {
    name: 'a copy of a passkey is not seen by its count',
    file: ANSWERS,
    from: "signCount === 0 ? '=' : '<'",
    to: "'>='",
    caughtBy: ofUse('a count that does not go on is another copy of the key: refused, and on the record'),
  },
  {
    name: 'whoever is disabled comes in by a passkey',
    file: `${FOLDER}/door.ts`,
    from: ".where('disabled_at', 'is', null)",
    to: '',
    caughtBy: ofKeeping('what is removed, and whoever is disabled, removed or invited anew, opens nothing'),
  },
  {
    name: 'the passkeys of who is invited anew stay',
    file: 'packages/hub/src/access/people/users.ts',
    from: "await open.tx.deleteFrom('passkeys').where('user_id', '=', userId).execute();",
    to: '',
    caughtBy: ofKeeping('what is removed, and whoever is disabled, removed or invited anew, opens nothing'),
  },
];
