import { FRAME_VERSION, type HubFrame } from '@homelabcmd/protocol';
import { answerTo, type LinkSession, newKeyPair, sealer } from '@homelabcmd/protocol/link';
import { SERVER, type Stage, STAGES } from '../door.ts';
import { type Arsenal, order, orderFrame, type Way } from './way.ts';

/** What is put in. Each is a frame that belongs elsewhere in the conversation, or nowhere. */
const FRAMES: Readonly<Record<string, (arsenal: Arsenal) => object>> = {
  'an order': (arsenal) => orderFrame(order(arsenal, { target: 'systemd:db.service' })),
  'an allowed order': (arsenal) => orderFrame(order(arsenal, { target: 'systemd:web.service' })),
  'a question': (arsenal) => ({ v: FRAME_VERSION, type: 'query', order_ids: [arsenal.nextId()] }),
  'a welcome': () => welcome(SERVER),
  'a welcome for another server': () => welcome('attic'),
  'what is expected': () => ({
    v: FRAME_VERSION,
    type: 'expected',
    expected: [{ unit: 'db.service', probe: null }],
  }),
  'a question about heads': () => ({ v: FRAME_VERSION, type: 'query_heads', query_id: 0, limit: 1 }),
  'a wish for a new key': () => ({ v: FRAME_VERSION, type: 'renew_key' }),
  'a key that is taken': ({ otherKey }) => ({
    v: FRAME_VERSION,
    type: 'key_taken',
    public_key: otherKey.publicKey,
  }),
  'an acknowledgement': (arsenal) => ({ v: FRAME_VERSION, type: 'result_ack', order_id: arsenal.nextId() }),
  'a beat': () => ({ v: FRAME_VERSION, type: 'beat' }),
  'another challenge': (arsenal) => challengeBy(arsenal.key),
  'the challenge of another hub': ({ otherKey }) => challengeBy(otherKey),
  "the agent's own hello": () => helloOf(),
  'a type that is not known': () => ({ v: FRAME_VERSION, type: 'exec', argv: ['reboot'] }),
};

/** How it is signed. `null`: there is no session yet by which it could be. */
const SIGNED: Readonly<Record<string, (arsenal: Arsenal, session: LinkSession, frame: HubFrame) => object>> =
  {
    'not signed': (_arsenal, _session, frame) => frame,
    signed: ({ key }, session, frame) => sealer(session, key, SERVER)(frame),
    'signed by another': ({ otherKey }, session, frame) => sealer(session, otherKey, SERVER)(frame),
    'signed for another agent': ({ key }, session, frame) =>
      sealer({ ...session, agentKey: newKeyPair().publicKey }, key, SERVER)(frame),
    'signed for another connection': ({ key }, session, frame) =>
      sealer({ ...session, hubNonce: newKeyPair().publicKey }, key, SERVER)(frame),
  };

const STAGE_WORDS: Readonly<Record<Stage, string>> = {
  ...{ open: 'before hello', hello: 'before the challenge', challenge: 'before the proof' },
  ...{ proof: 'before the welcome', welcome: 'after the welcome' },
};

/** Frames out of the order of the conversation: each frame, signed in each way, in each place of a greeting. */
export const GREETING_WAYS: Readonly<Record<string, Way>> = Object.fromEntries(
  STAGES.flatMap((stage) =>
    Object.entries(FRAMES).flatMap(([what, make]) =>
      Object.entries(SIGNED).map(([how, sign]): [string, Way] => [
        `${what} ${STAGE_WORDS[stage]}, ${how}`,
        {
          act: 'greet',
          putIn: (arsenal) => (at, session) =>
            at === stage
              ? [JSON.stringify(sign(arsenal, session ?? noSession(arsenal), make(arsenal) as HubFrame))]
              : [],
        },
      ]),
    ),
  ),
);

const welcome = (server_id: string) => ({
  ...{ v: FRAME_VERSION, type: 'welcome', server_id, expected: [], beat_ms: 1000 },
});

const helloOf = () => ({
  ...{ v: FRAME_VERSION, type: 'hello' as const, versions: { oldest: FRAME_VERSION, newest: FRAME_VERSION } },
  ...{ public_key: newKeyPair().publicKey, nonce: newKeyPair().publicKey },
});

/** As a hub with this key answers some other agent. */
export const challengeBy = (key: Arsenal['key']) => answerTo(helloOf(), key).challenge;

/** The agent has said nothing yet: a session of somebody else. */
const noSession = ({ key }: Arsenal): LinkSession => answerTo(helloOf(), key).session;
