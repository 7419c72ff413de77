import {
  type ApprovalSeal,
  type ApprovalStatement,
  type Expectation,
  type Order,
  statementOf,
} from '@homelabcmd/protocol';
import type { SoftwareApprover } from '@homelabcmd/testkit/approver';
import type { Seeded } from '../report/seeded.ts';
import { type Loot, type SignedOrder, UNITS } from './scene.ts';

/** What the attacker draws orders from. */
export interface Arsenal {
  readonly loot: Loot;
  readonly chance: Seeded;
  /** Passkeys of the attacker: the hub knows them as anybody's, and no server does. */
  readonly own: { readonly es256: SoftwareApprover; readonly ed25519: SoftwareApprover };
  /** Signs anything but an approval that is shown to her: other things, and on other pages. */
  readonly kim: SoftwareApprover;
  /** An id that no order has had yet. */
  nextId(): string;
}

/** How an order is made. It need not be one that the protocol can read. */
export type Way = (arsenal: Arsenal) => object & { readonly order_id: string };

/** Signed by Kim, and in one thing not what an honest browser would have made of an approval. */
const bySignature =
  (sign: (kim: SoftwareApprover, statement: ApprovalStatement) => ApprovalSeal): Way =>
  (arsenal) => {
    const order = freshOrder(arsenal);
    return { ...order, approval_seal: sign(arsenal.kim, statementFor(arsenal, order)) };
  };

const byOwnKey =
  (kind: 'es256' | 'ed25519', change: (arsenal: Arsenal) => Partial<ApprovalSeal> = () => ({})): Way =>
  (arsenal) => {
    const order = freshOrder(arsenal);
    const seal = arsenal.own[kind].seal(statementFor(arsenal, order));
    return { ...order, approval_seal: { ...seal, ...change(arsenal) } };
  };

/** What Kim has signed once, for an order that is new: its seal as it was. */
const withSealOf =
  (which: 'spent' | 'unsent' | 'elsewhere', isWhole = false): Way =>
  (arsenal) => {
    const signed = arsenal.loot[which];
    const order = isWhole ? { ...signed, order_id: arsenal.nextId() } : freshOrder(arsenal);
    return { ...order, approval_seal: signed.approval_seal };
  };

/** An order that Kim has signed and that the hub has kept back, in one thing changed. */
const bent =
  (change: (arsenal: Arsenal, signed: SignedOrder) => Partial<Order>): Way =>
  (arsenal) => {
    const order = freshOrder(arsenal);
    const signed = { ...order, approval_seal: arsenal.kim.seal(statementFor(arsenal, order)) };
    return { ...signed, ...change(arsenal, signed) };
  };

/** The same, of one that holds as long as the service is as Kim has seen it. */
const expecting =
  (change: (seen: Expectation) => Expectation | null): Way =>
  (arsenal) => {
    const { expect } = arsenal.loot.unsent;
    if (expect === null) throw new Error('nothing was expected');
    const order = { ...freshOrder(arsenal), expect };
    const approval_seal = arsenal.kim.seal(statementFor(arsenal, order));
    return { ...order, approval_seal, expect: change(expect) };
  };

const bentSeal = (change: (arsenal: Arsenal, seal: ApprovalSeal) => object): Way =>
  bent((arsenal, { approval_seal }) => ({
    approval_seal: { ...approval_seal, ...change(arsenal, approval_seal) },
  }));

const flipped = (part: 'authenticator_data' | 'client_data' | 'signature'): Way =>
  bentSeal(({ chance }, seal) => {
    const bytes = Buffer.from(seal[part], 'base64url');
    const place = chance.below(bytes.length);
    bytes[place] = (bytes[place] ?? 0) ^ (1 << chance.below(8));
    return { [part]: bytes.toString('base64url') };
  });

const unreadable =
  (approval_seal: unknown): Way =>
  (arsenal) => ({ ...freshOrder(arsenal), approval_seal });

const later = (iso: string, ms: number): string => new Date(Date.parse(iso) + ms).toISOString();

/** Of these not even the form is right. */
export const UNREADABLE: ReadonlySet<string> = new Set([
  'an empty seal',
  'a seal that is null',
  'a seal that is a word',
]);

/** Orders that nobody has approved so, by how they are made. */
export const WAYS: Readonly<Record<string, Way>> = {
  'no seal': freshOrder,
  'an empty seal': unreadable({}),
  'a seal that is null': unreadable(null),
  'a seal that is a word': unreadable('approved'),
  'the seal of an order that ran': withSealOf('spent'),
  'the order that ran, under a new id': withSealOf('spent', true),
  'the seal of an order that was not sent': withSealOf('unsent'),
  'the order that was not sent, under a new id': withSealOf('unsent', true),
  'the seal of another server': withSealOf('elsewhere'),
  'the order of another server, under a new id': withSealOf('elsewhere', true),
  'the order of another server': ({ loot }) => loot.elsewhere,
  'another service': bent((_arsenal, { target }) => ({
    target: target === 'systemd:plex.service' ? 'systemd:web.service' : 'systemd:plex.service',
  })),
  'another id': bent(({ nextId }) => ({ order_id: nextId() })),
  'another number': bent(({ chance }) => ({ action_id: 1000 + chance.below(1e6) })),
  'another verb': bent(() => ({ verb: 'reset-and-restart' })),
  'another digest': bent(() => ({ digest: 'ab'.repeat(32) })),
  'nothing expected': expecting(() => null),
  'another boot expected': expecting((expect) => ({ ...expect, boot_id: 'another' })),
  'another run expected': expecting((expect) => ({ ...expect, invocation_id: 'another' })),
  'another state expected': expecting((expect) => ({ ...expect, state_class: 'crash_loop' })),
  'a later end': bentSeal(({ chance }, { until }) => ({ until: later(until, 1 + chance.below(600_000)) })),
  'an earlier end': bentSeal(({ chance }, { until }) => ({ until: later(until, -1 - chance.below(60_000)) })),
  'another who asked': bentSeal(() => ({ requested_by: 'somebody' })),
  'another time of asking': bentSeal((_arsenal, { requested_at }) => ({
    requested_at: later(requested_at, 1),
  })),
  'a changed bit of the authenticator': flipped('authenticator_data'),
  'a changed bit of the page': flipped('client_data'),
  'a changed bit of the signature': flipped('signature'),
  'an own passkey': byOwnKey('es256'),
  'an own passkey of the other kind': byOwnKey('ed25519'),
  "an own passkey by the name of Kim's": byOwnKey('es256', ({ kim }) => ({
    credential_id: kim.key.credential_id,
  })),
  "a signature of another kind by the name of Kim's passkey": byOwnKey('ed25519', ({ kim }) => ({
    credential_id: kim.key.credential_id,
  })),
  "Kim's sign-in": bySignature((kim, statement) =>
    kim.seal(statement, undefined, { challenge: Buffer.alloc(32, statement.order_id).toString('base64url') }),
  ),
  'the making of a passkey': bySignature((kim, statement) =>
    kim.seal(statement, undefined, { type: 'webauthn.create' }),
  ),
  'a page elsewhere': bySignature((kim, statement) => kim.seal(statement, 'https://hub.example.com')),
  'a page beside it': bySignature((kim, statement) => kim.seal(statement, 'https://evil.hub.example.org')),
  'a page at another port': bySignature((kim, statement) =>
    kim.seal(statement, 'https://hub.example.org:8443'),
  ),
  'a page within a page': bySignature((kim, statement) =>
    kim.seal(statement, undefined, { crossOrigin: true }),
  ),
  'another site': bySignature((kim, statement) => kim.seal(statement, undefined, { rpId: 'example.org' })),
  'nobody there': bySignature((kim, statement) => kim.seal(statement, undefined, { present: false })),
  'nobody looked at': bySignature((kim, statement) => kim.seal(statement, undefined, { verified: false })),
  'an approval of an hour ago': expiring(-3_600_000),
  'an approval for a year': expiring(365 * 86_400_000),
};

/** Signed by Kim as an approval is, for a time that is not now. */
function expiring(ms: number): Way {
  return (arsenal) => {
    const order = freshOrder(arsenal);
    const statement = { ...statementFor(arsenal, order), until: new Date(Date.now() + ms).toISOString() };
    return { ...order, approval_seal: arsenal.kim.seal(statement) };
  };
}

/** An order that would run on a server that is not sealed. */
function freshOrder({ loot, chance, nextId }: Arsenal): Order {
  const { approval_seal: _seal, ...unsent } = loot.unsent;
  const target = `systemd:${chance.pick(UNITS)}`;
  return { ...unsent, order_id: nextId(), target, expect: null };
}

const statementFor = ({ loot }: Arsenal, order: Order): ApprovalStatement =>
  statementOf(loot.agentKey, order, {
    ...{ requested_by: 'kim', requested_at: new Date().toISOString() },
    until: new Date(Date.now() + 300_000).toISOString(),
  });
