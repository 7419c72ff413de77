import { join } from 'node:path';
import {
  type AgentIdentity,
  type EnrolmentKey,
  fingerprintOf,
  type KeyPair,
  keysBefore,
  NotProved,
  type Succession,
} from '@homelabcmd/protocol/link';
import { textIfThere, writeDurably } from '../durable-file.ts';
import { HubAuthority } from './authority.ts';
import { OwnKeys } from './own-keys.ts';

interface Pin {
  readonly hubKey: string;
  /** The fingerprint of the token that it came with. */
  readonly token: string;
  /** Fingerprints of the keys that this hub had before, the newest first: none of them is answered any more. */
  readonly before: readonly string[];
}

const MAX_BEFORE = 64;

/**
 * Who this agent is (`own-keys.ts`), and which hub it answers: `hub-key` holds the public key of the hub, the pin; the fingerprint of the
 * token that it came with; and those of the keys that the hub had before.
 *
 * The pin is set by a token, which carries the fingerprint of its hub: whoever may write this server's settings says which
 * hub it belongs to, and nobody else does. A token that has set the pin once does not set it again. From there the pin
 * follows its hub when that has got another key, by what each key has signed of the next, and never goes back.
 */
export class Identity implements AgentIdentity {
  readonly authority: HubAuthority;
  readonly keys: OwnKeys;
  readonly #token: EnrolmentKey | null;
  readonly #pinPath: string;
  #pin: Pin | null;

  /** @throws when the files cannot be read, or the key cannot be kept */
  constructor(stateDir: string, token: EnrolmentKey | null) {
    this.keys = new OwnKeys(stateDir);
    this.#token = token;
    this.#pinPath = join(stateDir, 'hub-key');
    const [hubKey = '', of = '', ...before] = textIfThere(this.#pinPath)?.trim().split('\n') ?? [];
    this.#pin = hubKey === '' ? null : { hubKey, token: of, before };
    this.authority = new HubAuthority(stateDir, token, () => this.#unusedToken() !== null);
  }

  get key(): KeyPair {
    return this.keys.shown;
  }

  get tokenKey(): KeyPair | null {
    return this.#token?.key ?? null;
  }

  /** Whether there is a hub that this agent answers. */
  get hasHub(): boolean {
    return this.#pin !== null || this.#token !== null;
  }

  /** On disk when it returns true: from then on this hub, with this key, and no other, is answered. */
  isTrusted(hubKey: string, succession: Succession = []): boolean {
    const token = this.#unusedToken();
    const pin = this.#pin;
    if (pin?.hubKey === hubKey && token === null) return true;
    const keys = [hubKey, ...keysBefore(hubKey, succession)];
    const isNamed = token !== null && keys.some((key) => fingerprintOf(key) === token.hubFingerprint);
    if (isNamed) this.#keep(hubKey, fingerprintOf(token.key.publicKey), keys);
    else if (pin === null) return false;
    else if (pin.before.includes(fingerprintOf(hubKey))) throw new NotProved(WENT_BACK);
    else if (!keys.includes(pin.hubKey)) return false;
    else if (pin.hubKey !== hubKey) this.#keep(hubKey, pin.token, keys);
    return true;
  }

  #keep(hubKey: string, token: string, [, ...followed]: readonly string[]): void {
    const { hubKey: last = '', before: earlier = [] } = this.#pin ?? {};
    // A token may bring another hub, whose keys have nothing to do with those of the one before.
    const known = followed.includes(last)
      ? [...followed.map(fingerprintOf), ...earlier]
      : followed.map(fingerprintOf);
    const before = [...new Set(known)].filter((each) => each !== fingerprintOf(hubKey)).slice(0, MAX_BEFORE);
    writeDurably(this.#pinPath, [hubKey, token, ...before, ''].join('\n'));
    this.#pin = { hubKey, token, before };
  }

  #unusedToken(): EnrolmentKey | null {
    const token = this.#token;
    return token !== null && this.#pin?.token !== fingerprintOf(token.key.publicKey) ? token : null;
  }
}

const WENT_BACK =
  'it shows a key that this hub had before and has replaced: its hub-key was likely put back from an old copy. Put the newest one back, or enrol this server anew';
