import { expect, test } from 'vitest';
import { waysIn } from './ways-in.ts';

test.each([
  [{ signs_in_by: [], has_totp: false }, '–'],
  [{ signs_in_by: ['password' as const], has_totp: false }, 'Password alone'],
  [{ signs_in_by: ['password' as const], has_totp: true }, 'With an authenticator'],
  [{ signs_in_by: ['password' as const, 'passkey' as const], has_totp: false }, 'Password or passkey'],
  [
    { signs_in_by: ['password' as const, 'passkey' as const], has_totp: true },
    'Password with a code or passkey',
  ],
  [{ signs_in_by: ['oidc' as const], has_totp: false }, 'Single sign-on'],
])('%j is said as %s', (user, words) => {
  expect(waysIn(user)).toBe(words);
});
