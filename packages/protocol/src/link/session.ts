import { randomBytes } from 'node:crypto';
import type { VersionRange } from '../agent/versions.ts';

/** What makes one connection another than every other: all that the two sides said before either was known. */
export interface LinkSession {
  readonly version: number;
  /** What the agent offered: nobody in between can have lowered it. */
  readonly versions: VersionRange;
  readonly agentKey: string;
  readonly hubKey: string;
  readonly agentNonce: string;
  readonly hubNonce: string;
}

export const newNonce = (): string => randomBytes(32).toString('base64url');

/** What a signature is for. A signature for one of these says nothing about another. */
type Purpose = 'challenge' | 'proof' | 'enrolment' | 'seal' | 'new key';

/** The bytes that are signed for one connection. */
export function signedBytes(purpose: Purpose, session: LinkSession, parts: readonly string[] = []): Buffer {
  const { version, versions, agentKey, hubKey, agentNonce, hubNonce } = session;
  return lengthPrefixed([
    `homelabcmd link ${purpose}`,
    ...[version, versions.oldest, versions.newest].map(String),
    ...[agentKey, hubKey, agentNonce, hubNonce, ...parts],
  ]);
}

/** Each part with its length before it, so that no two lists of parts give the same bytes. */
export function lengthPrefixed(all: readonly string[]): Buffer {
  return Buffer.concat(
    all.flatMap((part) => {
      const bytes = Buffer.from(part, 'utf8');
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}
