import type { HubFrame } from '@homelabcmd/protocol';
import { challengeBy } from './greetings.ts';
import { type KeyPair, type LinkSession, newKeyPair, sealer } from '@homelabcmd/protocol/link';
import type { OpenLink } from '../door.ts';
import { SERVER } from '../door.ts';
import { type Arsenal, order, orderFrame, type Way, type Ways } from './way.ts';

const SIGNATURE = `${'A'.repeat(85)}A`;
const other = (): string => newKeyPair().publicKey;

/** The first frame of a connection that never was, or of another one: sealed for it, and so for nobody here. */
function sealedFor(session: LinkSession, key: KeyPair, frame: object, number = 1, serverId = SERVER): object {
  const seal = sealer(session, key, serverId);
  for (let before = 1; before < number; before += 1) seal(frame as HubFrame);
  return seal(frame as HubFrame);
}

/** A seal that is made in the right place of this connection, and of which one thing is then changed. */
const spoilt = (
  change: (sealed: { seal: Record<string, unknown> } & object, arsenal: Arsenal) => object | string,
): Way => ({
  act: 'break',
  texts(arsenal, link) {
    const whole = JSON.parse(link.sealed(orderFrame(order(arsenal)))) as { seal: Record<string, unknown> };
    const made = change(whole, arsenal);
    return [typeof made === 'string' ? made : JSON.stringify(made)];
  },
});
const spoiltSeal = (change: (seal: Record<string, unknown>, arsenal: Arsenal) => object): Way =>
  spoilt((whole, arsenal) => ({ ...whole, seal: { ...whole.seal, ...change(whole.seal, arsenal) } }));
const forged = (make: (arsenal: Arsenal, link: OpenLink, frame: object) => object): Way => ({
  act: 'break',
  texts: (arsenal, link) => [JSON.stringify(make(arsenal, link, orderFrame(order(arsenal))))],
});
const plain = (make: (arsenal: Arsenal) => object | string): Way => ({
  act: 'break',
  texts(arsenal) {
    const made = make(arsenal);
    return [typeof made === 'string' ? made : JSON.stringify(made)];
  },
});

/** What the agent has to end the link for: it is not signed so, not here, not now, or not for this agent. */
export const SEAL_WAYS: Ways = {
  'not signed': plain((arsenal) => orderFrame(order(arsenal))),
  'a seal that is null': plain((arsenal) => ({ ...orderFrame(order(arsenal)), seal: null })),
  'an empty seal': plain((arsenal) => ({ ...orderFrame(order(arsenal)), seal: {} })),
  'an empty signature': spoiltSeal(() => ({ signature: '' })),
  'a signature of zeros': spoiltSeal(() => ({ signature: SIGNATURE })),
  'a signature cut short': spoiltSeal(({ signature }) => ({ signature: String(signature).slice(0, 60) })),
  'a changed bit of the signature': spoiltSeal(({ signature }, { chance }) => {
    const bytes = Buffer.from(String(signature), 'base64url');
    const place = chance.below(bytes.length);
    bytes[place] = (bytes[place] ?? 0) ^ (1 << chance.below(8));
    return { signature: bytes.toString('base64url') };
  }),
  'a number too high': spoiltSeal(({ sequence }, { chance }) => ({
    sequence: Number(sequence) + 1 + chance.below(1000),
  })),
  'a number too low': spoiltSeal(({ sequence }) => ({ sequence: Number(sequence) - 1 })),
  'a number that is none': spoiltSeal((_seal, { chance }) => ({
    sequence: chance.pick([0, -1, 1.5, 1e308, '1', null, true]),
  })),
  'more in the seal': spoiltSeal(() => ({ key: 'mine' })),
  'the seal of the frame before': {
    act: 'break',
    texts(arsenal, link) {
      const text = link.sealed(orderFrame(order(arsenal)));
      return [text, text];
    },
  },
  'a frame left out': {
    act: 'break',
    texts(arsenal, link) {
      link.sealed(orderFrame(order(arsenal)));
      return [link.sealed(orderFrame(order(arsenal)))];
    },
  },
  'two frames the other way round': {
    act: 'break',
    texts(arsenal, link) {
      const first = link.sealed(orderFrame(order(arsenal)));
      return [link.sealed(orderFrame(order(arsenal))), first];
    },
  },
  'a text of an earlier connection': plain(
    ({ texts, chance }) => texts[chance.below(texts.length)] ?? '{"v":2,"type":"order"}',
  ),
  'another unit under the seal': spoilt((whole) => {
    const { order: signed } = whole as unknown as { order: { target: string } };
    const [target] = ['systemd:db.service', 'systemd:mail.service'].filter((unit) => unit !== signed.target);
    return { ...whole, order: { ...signed, target } };
  }),
  'one key more under the seal': spoilt((whole) => ({ ...whole, more: true })),
  'one key less under the seal': spoilt((whole) => {
    const { order: signed } = whole as unknown as { order: Record<string, unknown> };
    const { digest: _digest, ...rest } = signed;
    return { ...whole, order: rest };
  }),
  'two seals': spoilt((whole) =>
    JSON.stringify(whole).replace(/}$/, `,"seal":{"sequence":1,"signature":"${SIGNATURE}"}}`),
  ),
  'the order of another key': forged(({ otherKey }, { session }, frame) =>
    sealedFor(session, otherKey, frame, 2),
  ),
  'for another agent': forged(({ key }, { session }, frame) =>
    sealedFor({ ...session, agentKey: other() }, key, frame, 2),
  ),
  'for another server': forged(({ key }, { session }, frame) => sealedFor(session, key, frame, 2, 'attic')),
  'for another connection': forged(({ key }, { session }, frame) =>
    sealedFor({ ...session, hubNonce: other() }, key, frame, 2),
  ),
  "for another connection of the agent's": forged(({ key }, { session }, frame) =>
    sealedFor({ ...session, agentNonce: other() }, key, frame, 2),
  ),
  'by another hub': forged(({ key }, { session }, frame) =>
    sealedFor({ ...session, hubKey: other() }, key, frame, 2),
  ),
  'for other versions': forged(({ key }, { session }, frame) =>
    sealedFor({ ...session, version: 1, versions: { oldest: 1, newest: 1 } }, key, frame, 2),
  ),
  'no JSON': plain(({ chance }) =>
    chance.pick(['', '{', 'restart db.service', '\0', '[]', 'null', '1', '"order"']),
  ),
  'a challenge in between': plain(({ key }) => challengeBy(key)),
  'a frame that is far too long': plain(
    (arsenal) =>
      `{"v":2,"type":"order","more":"${'x'.repeat((2 + arsenal.chance.below(30)) * 1024 * 1024)}"}`,
  ),
  'depth without end': plain(
    () => `{"v":2,"type":"order","order":${'['.repeat(200_000)}${']'.repeat(200_000)}}`,
  ),
};
