import { Secret, TOTP } from 'otpauth';

/** What every authenticator takes without being told: RFC 6238 with SHA-1, six digits, half a minute. */
const SHAPE = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
const SECRET_BYTES = 20;
/** A clock may be this many steps off, either way. */
const WINDOW = 1;

/** A new secret, in Base32 as it is typed and stored. */
export const newTotpSecret = (): string => new Secret({ size: SECRET_BYTES }).base32;

/** What an authenticator reads from a picture. */
export const totpUri = (secret: string, name: string): string =>
  new TOTP({ ...SHAPE, issuer: 'HomelabCmd', label: name, secret: Secret.fromBase32(secret) }).toString();

/**
 * The step that a code belongs to, or `null` when it is not one of now. The step is what is written down, so that a code that
 * somebody has read over a shoulder opens nothing a second time.
 */
export function stepOfCode(secret: string, code: string, nowMs: number): number | null {
  const totp = new TOTP({ ...SHAPE, secret: Secret.fromBase32(secret) });
  const delta = totp.validate({ token: code, timestamp: nowMs, window: WINDOW });
  return delta === null ? null : Math.floor(nowMs / (SHAPE.period * 1000)) + delta;
}
