import { z } from 'zod';
import { capped } from '../text.ts';

/** Bytes in base64url, in the one way in which they can be written. */
const bytesOf = (atMost: number) =>
  capped(atMost).regex(
    /^(?=.)(?:[\w-]{4})*(?:[\w-][AQgw]|[\w-]{2}[AEIMQUYcgkosw048])?$/,
    'Not bytes in base64url',
  );

/** Authenticators may choose ids of up to 1023 bytes. */
export const CredentialId = bytesOf(1364);

/** What an authenticator answered, each part as bytes in base64url. */
export const Asserted = z.strictObject({
  authenticator_data: bytesOf(2048),
  client_data: bytesOf(4096),
  signature: bytesOf(256),
});

/** `es256:` and the two halves of a point of P-256, or `ed25519:` and the 32 bytes of a key. */
const PublicKeyText = z
  .string()
  .regex(/^(?:es256:[\w-]{85}[AQgw]|ed25519:[\w-]{42}[AEIMQUYcgkosw048])$/, 'Not a public key in this form');

const RpId = capped(253).regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/, 'Not a name of a site');

const isPageOf = (origin: string, rpId: string): boolean => {
  const url = URL.canParse(origin) ? new URL(origin) : null;
  if (url === null || url.origin !== origin) return false;
  const { protocol, hostname } = url;
  const isSecure = protocol === 'https:' || (protocol === 'http:' && /(?:^|\.)localhost$/.test(hostname));
  return isSecure && (hostname === rpId || hostname.endsWith(`.${rpId}`));
};

/** The most keys that one server takes. */
export const MAX_APPROVER_KEYS = 32;
const MAX_ORIGINS = 8;

/** The public half of a passkey, by which a server knows an approver. */
export const ApproverKey = z
  .strictObject({
    /** For people: whose it is, and on what. */
    name: z.string().regex(/^[^\p{Cc}\s](?:[^\p{Cc}]{0,98}[^\p{Cc}\s])?$/u, 'Not a name on one line'),
    /** The name of the site that the passkey was made for. */
    rp_id: RpId,
    /** The pages on which it may be used. */
    origins: z.array(capped(300)).min(1).max(MAX_ORIGINS),
    credential_id: CredentialId,
    public_key: PublicKeyText,
  })
  .refine(({ origins, rp_id }) => origins.every((one) => isPageOf(one, rp_id)), 'Not pages of this site');
export type ApproverKey = z.infer<typeof ApproverKey>;

const originsOf = (rpId: string, named: readonly string[]): string[] =>
  named.length > 0 ? [...named] : [`https://${rpId}`];

/**
 * A key as one line of the file of approvers:
 *
 *   es256:<public key> <credential id> <site>[,<origin>…] <name>
 *
 * The site's own address need not be named.
 */
export function approverLine({ name, rp_id, origins, credential_id, public_key }: ApproverKey): string {
  const isUsual = origins.length === 1 && origins[0] === `https://${rp_id}`;
  return [public_key, credential_id, [rp_id, ...(isUsual ? [] : origins)].join(','), name].join(' ');
}

const LINE = /^(?<key>\S+)[ \t]+(?<id>\S+)[ \t]+(?<pages>\S+)[ \t]+(?<name>\S.*)$/u;

/** `null` when the line is none. */
export function readApproverLine(line: string): ApproverKey | null {
  const { key, id, pages = '', name = '' } = LINE.exec(line.trim())?.groups ?? {};
  const [rpId = '', ...origins] = pages.split(',');
  const read = ApproverKey.safeParse({
    ...{ name, rp_id: rpId, origins: originsOf(rpId, origins) },
    ...{ credential_id: id, public_key: key },
  });
  return read.success ? read.data : null;
}

/** What an agent says of a server that root has sealed. */
export const Sealing = z.object({
  keys: z.array(ApproverKey).max(MAX_APPROVER_KEYS),
  /** Why none of the keys counts, as a sentence, or `null`. */
  problem: capped(500).nullable(),
});
export type Sealing = z.infer<typeof Sealing>;
