/** What was asked for did not come of it. The message is a sentence for whoever sits before the page. */
export class PasskeyFault extends Error {
  constructor(words: string) {
    super(words);
    this.name = 'PasskeyFault';
  }
}

/**
 * Why no passkey can be used on this page, or `null`.
 * @param host the one that passkeys are for, as the hub says; `null` where there can be none
 */
export function whyNoPasskeys(host: string | null): string | null {
  if (host === null)
    return 'Passkeys work on a host name, not on an address: open this hub by its name, over HTTPS.';
  if (!globalThis.isSecureContext) return 'Passkeys need HTTPS: this page came without it.';
  if (location.hostname !== host) return `Passkeys of this hub are for ${host}: open it there.`;
  const known = globalThis.PublicKeyCredential as Partial<typeof PublicKeyCredential> | undefined;
  return known?.parseCreationOptionsFromJSON && known.parseRequestOptionsFromJSON
    ? null
    : 'This browser is too old for passkeys, or has them switched off.';
}

/** A passkey that was made, as the hub takes it. */
export interface MadePasskey {
  readonly id: string;
  readonly rawId: string;
  readonly type: 'public-key';
  readonly response: {
    readonly clientDataJSON: string;
    readonly attestationObject: string;
    readonly transports: string[];
  };
}

/** What a passkey has signed, with all that it takes to verify it. */
export interface PasskeyAnswer {
  readonly id: string;
  readonly rawId: string;
  readonly type: 'public-key';
  readonly response: {
    readonly clientDataJSON: string;
    readonly authenticatorData: string;
    readonly signature: string;
    readonly userHandle: string | null;
  };
}

/** Makes a passkey in whatever device the person chooses. @throws PasskeyFault */
export async function makePasskey(options: PublicKeyCredentialCreationOptionsJSON): Promise<MadePasskey> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const made = await within(options.timeout, () => navigator.credentials.create({ publicKey }));
  const { id, rawId, response } = made.toJSON() as RegistrationResponseJSON;
  const { clientDataJSON, attestationObject, transports } = response;
  return { id, rawId, type: 'public-key', response: { clientDataJSON, attestationObject, transports } };
}

/** Has a passkey sign a challenge, once its person has shown the device that it is them. @throws PasskeyFault */
export async function askPasskey(options: PublicKeyCredentialRequestOptionsJSON): Promise<PasskeyAnswer> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const used = await within(options.timeout, () => navigator.credentials.get({ publicKey }));
  const { id, rawId, response } = used.toJSON() as AuthenticationResponseJSON;
  const { clientDataJSON, authenticatorData, signature, userHandle = null } = response;
  return {
    ...{ id, rawId, type: 'public-key' },
    response: { clientDataJSON, authenticatorData, signature, userHandle },
  };
}

async function within(
  timeoutMs: number | undefined,
  ask: () => Promise<Credential | null>,
): Promise<PublicKeyCredential> {
  const askedAt = performance.now();
  try {
    const credential = await ask();
    if (credential !== null) return credential as PublicKeyCredential;
  } catch (error) {
    const isLate = timeoutMs !== undefined && performance.now() - askedAt >= timeoutMs;
    throw new PasskeyFault(wordsFor(error instanceof DOMException ? error.name : '', isLate));
  }
  throw new PasskeyFault(wordsFor('', false));
}

/** Browsers do not tell a person who cancels from a device without a passkey: a page is not to learn which it is. */
function wordsFor(name: string, isLate: boolean): string {
  if (isLate) return 'That took too long. Try again.';
  switch (name) {
    case 'NotAllowedError':
    case 'AbortError':
      return 'It was cancelled, or this device has no passkey that fits. Nothing was changed.';
    case 'InvalidStateError':
      return 'This device has a passkey for you already.';
    case 'NotSupportedError':
    case 'ConstraintError':
      return 'This device cannot keep a passkey that asks who you are. Use another one.';
    case 'SecurityError':
      return 'The browser allows no passkey at this address.';
    default:
      return 'The browser gave no answer. Try again.';
  }
}
