import { createHash, verify } from 'node:crypto';
import { z } from 'zod';
import { type ApprovalSeal, MAX_SEAL_MS, SEAL_CLOCK_TOLERANCE_MS } from '../actions/approval-seal.ts';
import type { ApprovalStatement } from '../actions/approval-statement.ts';
import type { ApproverKey } from '../actions/approver-key.ts';
import { challengeOf } from './challenge.ts';
import { verifyingKey } from './public-key.ts';

/** The seal does not say that one of these keys approved this; the message is a sentence. */
export class BrokenApproval extends Error {}

/**
 * Finds out whether one of the keys has approved exactly this, and whether that still holds.
 *
 *   key known? ─► client data: for signing, this challenge, a page of the key's ─► authenticator data: its site, somebody
 *   was there and was verified ─► signature over both ─► not too late, and not for too long
 *
 * How often the key was used is not looked at: keys that are kept in several places do not count.
 * @returns the key that did @throws BrokenApproval
 */
export function verifySeal(
  statement: ApprovalStatement,
  seal: ApprovalSeal,
  keys: readonly ApproverKey[],
  nowMs: number,
): ApproverKey {
  const key = keys.find(({ credential_id }) => credential_id === seal.credential_id);
  if (key === undefined)
    throw new BrokenApproval('It is signed by a passkey that this server does not know.');
  const clientData = Buffer.from(seal.client_data, 'base64url');
  const authenticatorData = Buffer.from(seal.authenticator_data, 'base64url');
  assertClientData(clientData, challengeOf(statement), key);
  assertAuthenticatorData(authenticatorData, key);
  if (!isSigned(key, authenticatorData, clientData, Buffer.from(seal.signature, 'base64url')))
    throw new BrokenApproval(`Its signature is not that of the passkey «${key.name}».`);
  assertInTime(statement.until, nowMs);
  return key;
}

/** What the browser has said of the page. Members that are new in it are passed over: the signature covers them. */
const ClientData = z.object({
  type: z.string(),
  challenge: z.string(),
  origin: z.string(),
  crossOrigin: z.literal(false).optional(),
  topOrigin: z.never().optional(),
});

function assertClientData(bytes: Buffer, challenge: string, key: ApproverKey): void {
  const read = ClientData.safeParse(jsonOf(bytes));
  if (!read.success)
    throw new BrokenApproval(
      'What the browser said of the page cannot be read, or is of a page within another.',
    );
  const { type, origin } = read.data;
  if (type !== 'webauthn.get')
    throw new BrokenApproval('It is no signature of a passkey, but another of its words.');
  if (read.data.challenge !== challenge)
    throw new BrokenApproval(
      'What the passkey signed is not what this order says, or is for another server.',
    );
  if (!key.origins.includes(origin))
    throw new BrokenApproval('It was signed on a page on which this passkey may not be used.');
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

const RP_ID_HASH_BYTES = 32;
/** The hash of the site, one byte of flags, and four of the count. */
const HEAD_BYTES = 37;
const FLAG = {
  present: 0x01,
  verified: 0x04,
  mayBeSynced: 0x08,
  isSynced: 0x10,
  newKey: 0x40,
  more: 0x80,
} as const;

function assertAuthenticatorData(bytes: Buffer, { rp_id, name }: ApproverKey): void {
  const flags = bytes[RP_ID_HASH_BYTES] ?? 0;
  const has = (flag: number) => (flags & flag) !== 0;
  const isWhole = has(FLAG.more) ? bytes.length > HEAD_BYTES : bytes.length === HEAD_BYTES;
  if (!isWhole || has(FLAG.newKey) || (has(FLAG.isSynced) && !has(FLAG.mayBeSynced)))
    throw new BrokenApproval('What the authenticator said cannot be read.');
  if (!bytes.subarray(0, RP_ID_HASH_BYTES).equals(createHash('sha256').update(rp_id).digest()))
    throw new BrokenApproval(`It was signed for another site than ${rp_id}.`);
  if (!has(FLAG.present)) throw new BrokenApproval(`Nobody was there when «${name}» signed.`);
  if (!has(FLAG.verified))
    throw new BrokenApproval(`«${name}» did not look who was there: a finger, a face or a PIN is needed.`);
}

function isSigned(
  { public_key }: ApproverKey,
  authenticatorData: Buffer,
  clientData: Buffer,
  signature: Buffer,
): boolean {
  const signed = Buffer.concat([authenticatorData, createHash('sha256').update(clientData).digest()]);
  try {
    const { key, digest } = verifyingKey(public_key);
    return verify(digest, signed, key, signature);
  } catch {
    return false;
  }
}

function assertInTime(until: string, nowMs: number): void {
  const leftMs = Date.parse(until) - nowMs;
  const now = new Date(nowMs).toISOString();
  if (leftMs < -SEAL_CLOCK_TOLERANCE_MS)
    throw new BrokenApproval(`It held until ${until}, and here it is ${now}.`);
  if (leftMs > MAX_SEAL_MS + SEAL_CLOCK_TOLERANCE_MS)
    throw new BrokenApproval(
      `It is to hold until ${until}, and here it is ${now}: that is too long, or a clock is wrong.`,
    );
}
