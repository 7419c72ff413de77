import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FORM = 'v1';

/**
 * Keeps what has to be known in full, and not only compared, out of the store and its copies: what is stored opens only with a
 * key that is in a file of its own in the data folder (AES-256-GCM).
 */
export class Vault {
  readonly #key: Buffer;

  /** @param root what only this hub has; the vault's key is derived from it, so it is of use for nothing else */
  constructor(root: string) {
    this.#key = Buffer.from(hkdfSync('sha256', root, '', 'homelabcmd: what people sign in with', 32));
  }

  /** @param whose what was shut for one opens for no other */
  shut(secret: string, whose: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(whose));
    const shut = Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${FORM}.${shut.toString('base64url')}`;
  }

  /** `null` for what this key does not open: the file is another one, or somebody has changed what is stored. */
  open(text: string, whose: string): string | null {
    const [form, body = ''] = text.split('.');
    const bytes = Buffer.from(body, 'base64url');
    if (form !== FORM || bytes.length <= NONCE_BYTES + TAG_BYTES) return null;
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, NONCE_BYTES))
        .setAAD(Buffer.from(whose))
        .setAuthTag(bytes.subarray(-TAG_BYTES));
      const secret = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
      return Buffer.concat([secret, decipher.final()]).toString('utf8');
    } catch {
      return null;
    }
  }
}
