import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type AgentIdentity,
  type EnrolmentKey,
  fingerprintOf,
  type KeyPair,
  keyPairFromPem,
  newKeyPair,
} from '@homelabcmd/protocol/link';
import { makeFolderDurably, writeDurably } from '../durable-file.ts';
import { codeOf } from '../log.ts';
import { HubAuthority } from './authority.ts';

/**
 * Who this agent is and which hub it answers, in files that only the agent's user can read:
 * - `agent-key`: the private key, made here. It never leaves this server.
 * - `hub-key`: the public key of the hub, the pin; and the fingerprint of the token that it came with.
 *
 * The pin is set by a token, which carries the fingerprint of its hub: whoever may write this server's settings says which
 * hub it belongs to, and nobody else does. A token that has set the pin once does not set it again.
 */
export class Identity implements AgentIdentity {
  readonly key: KeyPair;
  readonly authority: HubAuthority;
  readonly #token: EnrolmentKey | null;
  readonly #pinPath: string;
  #pin: { readonly hubKey: string; readonly token: string } | null;

  /** @throws when the files cannot be read, or the key cannot be kept */
  constructor(stateDir: string, token: EnrolmentKey | null) {
    makeFolderDurably(stateDir);
    this.#token = token;
    this.key = ownKey(join(stateDir, 'agent-key'));
    this.#pinPath = join(stateDir, 'hub-key');
    const [hubKey = '', of = ''] = readIfThere(this.#pinPath)?.trim().split('\n') ?? [];
    this.#pin = hubKey === '' ? null : { hubKey, token: of };
    this.authority = new HubAuthority(stateDir, token, () => this.#unusedToken() !== null);
  }

  get tokenKey(): KeyPair | null {
    return this.#token?.key ?? null;
  }

  /** Whether there is a hub that this agent answers. */
  get hasHub(): boolean {
    return this.#pin !== null || this.#token !== null;
  }

  /** On disk when it returns true: from then on this hub, and no other, is answered. */
  isTrusted(hubKey: string): boolean {
    const token = this.#unusedToken();
    if (token?.hubFingerprint !== fingerprintOf(hubKey)) return this.#pin?.hubKey === hubKey;
    const pin = { hubKey, token: fingerprintOf(token.key.publicKey) };
    writeDurably(this.#pinPath, `${pin.hubKey}\n${pin.token}\n`);
    this.#pin = pin;
    return true;
  }

  #unusedToken(): EnrolmentKey | null {
    const token = this.#token;
    return token !== null && this.#pin?.token !== fingerprintOf(token.key.publicKey) ? token : null;
  }
}

/** The key in this file; on disk when it returns, since the hub is told of it next. */
function ownKey(path: string): KeyPair {
  const pem = readIfThere(path);
  if (pem === null) {
    const key = newKeyPair();
    writeDurably(path, key.toPem());
    return key;
  }
  try {
    return keyPairFromPem(pem);
  } catch {
    throw new Error(`${path} holds no key that can be read. Remove it, and enrol this server anew.`);
  }
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null;
    throw cause;
  }
}
