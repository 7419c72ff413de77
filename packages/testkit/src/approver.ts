import {
  type ApprovalSeal,
  type ApprovalStatement,
  type ApproverKey,
  approverLine,
  sealOf,
} from '@homelabcmd/protocol';
import { challengeOf, publicKeyText } from '@homelabcmd/protocol/approval';
import {
  type AssertionAnswer,
  type Dishonesty,
  softwareAuthenticator,
  type SoftwareAuthenticatorOptions,
} from './software-passkey.ts';

/** Somebody with a passkey who says yes to all that they are shown. */
export interface SoftwareApprover {
  readonly key: ApproverKey;
  /** What root writes into the file of approvers. */
  readonly line: string;
  /** What the browser gives to the page. */
  assert(statement: ApprovalStatement, page?: string, dishonesty?: Dishonesty): AssertionAnswer;
  /** The same, as it goes to an agent. */
  seal(statement: ApprovalStatement, page?: string, dishonesty?: Dishonesty): ApprovalSeal;
}

export interface ApproverOptions extends SoftwareAuthenticatorOptions {
  name?: string;
  rpId?: string;
}

/** A new passkey, and whoever holds it. */
export function softwareApprover(options: ApproverOptions = {}): SoftwareApprover {
  const { name = "Kim's phone", rpId = 'hub.example.org', ...kind } = options;
  const authenticator = softwareAuthenticator(kind);
  const home = `https://${rpId}`;
  const made = authenticator.create(
    {
      challenge: 'bWFrZQ',
      rp: { id: rpId },
      user: { id: 'a2lt' },
      pubKeyCredParams: [{ alg: -8 }, { alg: -7 }],
    },
    home,
  );
  const key: ApproverKey = {
    ...{ name, rp_id: rpId, origins: [home], credential_id: made.id },
    public_key: publicKeyText(Buffer.from(made.response.publicKey, 'base64url')),
  };
  const assert: SoftwareApprover['assert'] = (statement, page = home, dishonesty = {}) =>
    authenticator.get({ challenge: challengeOf(statement), rpId }, page, dishonesty);
  return {
    ...{ key, line: approverLine(key), assert },
    seal: (statement, page, dishonesty) => sealOf(statement, assert(statement, page, dishonesty)),
  };
}
