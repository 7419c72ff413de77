import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FORM = 'v1';

/**
 * Keeps what has to be known in full, and not only compared, out of the store and its copies: what is stored opens only with a
 * key that is in a file of its own in the data folder (AES-256-GCM).
 */
export class Vault {
  readonly #keys: readonly Buffer[];

  /** @param keys what only this hub has, 32 bytes each: the first shuts, and each opens what it has shut */
  constructor(keys: readonly Buffer[]) {
    this.#keys = keys;
  }

  /** @param whose what was shut for one opens for no other */
  shut(secret: string, whose: string): string {
    const [key] = this.#keys;
    if (key === undefined) throw new Error('A vault without a key shuts nothing in');
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(whose));
    const shut = Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${FORM}.${shut.toString('base64url')}`;
  }

  /** `null` for what no key opens: the file is another one, or somebody has changed what is stored. */
  open(text: string, whose: string): string | null {
    const [form, body = ''] = text.split('.');
    const bytes = Buffer.from(body, 'base64url');
    if (form !== FORM || bytes.length <= NONCE_BYTES + TAG_BYTES) return null;
    for (const key of this.#keys) {
      const secret = openedWith(key, bytes, whose);
      if (secret !== null) return secret;
    }
    return null;
  }
}

function openedWith(key: Buffer, bytes: Buffer, whose: string): string | null {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES))
      .setAAD(Buffer.from(whose))
      .setAuthTag(bytes.subarray(-TAG_BYTES));
    const secret = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
    return Buffer.concat([secret, decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}
