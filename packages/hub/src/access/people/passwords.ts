import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { Refusal } from '../../lib/refusal.ts';

/** What OWASP's cheat sheet on storing passwords asks of Argon2id at least: 19 MiB, two passes, one lane. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const SALT_BYTES = 16;
const TAG_BYTES = 32;
/** Each takes the memory above and some 30 ms: whoever sends many at once waits, and the hub does not. */
const MOST_AT_ONCE = 4;
const MOST_WAITING = 64;

const derive = promisify(argon2);

/** The password as it is stored: Argon2id, in the PHC form, with a salt of its own. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(SALT_BYTES);
  const tag = await tagOf(password, nonce, COST, TAG_BYTES);
  const { memory, passes, parallelism } = COST;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${plain(nonce)}$${plain(tag)}`;
}

/**
 * Whether this is the password. Without a hash, it takes as long and says no, so that the time does not tell who is known.
 * @throws Refusal `too_many` when more people sign in at once than the hub can look at
 */
export async function isPassword(password: string, hash: string | null): Promise<boolean> {
  const parts = PHC.exec(hash ?? NOBODY);
  if (!parts) throw new Error('A stored password is not in the PHC form');
  const [, memory, passes, parallelism, salt = '', tag = ''] = parts;
  const wanted = Buffer.from(tag, 'base64');
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  const given = await tagOf(password, Buffer.from(salt, 'base64'), cost, wanted.length);
  return timingSafeEqual(given, wanted) && hash !== null;
}

const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;
const plain = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
const NOBODY = `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${plain(randomBytes(SALT_BYTES))}$${plain(randomBytes(TAG_BYTES))}`;

let running = 0;
const waiting: (() => void)[] = [];

async function tagOf(
  password: string,
  nonce: Buffer,
  cost: typeof COST | Cost,
  tagLength: number,
): Promise<Buffer> {
  if (running >= MOST_AT_ONCE) {
    if (waiting.length >= MOST_WAITING)
      throw new Refusal('too_many', 'Too many people sign in at once. Try again in a moment.', {
        retry_after_seconds: 1,
      });
    await new Promise<void>((go) => waiting.push(go));
  }
  running += 1;
  try {
    // Texts that look alike are one password, however the keyboard composes them.
    const message = Buffer.from(password.normalize('NFKC'), 'utf8');
    return await derive('argon2id', { message, nonce, tagLength, ...cost });
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

interface Cost {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}
