import { type HubFrame, Seal, isSealed } from '../agent/frames.ts';
import { canonicalJson } from './canonical-json.ts';
import { type KeyPair, isSignedBy } from './keys.ts';
import { type LinkSession, signedBytes } from './session.ts';

/**
 * The hub's side of one connection after the greeting: every frame by which something can be changed is signed, with its
 * place in this connection, for this agent.
 */
export function sealer(session: LinkSession, key: KeyPair, serverId: string): (frame: HubFrame) => object {
  let sequence = 0;
  return (frame) => {
    if (!isSealed(frame.type)) return frame;
    sequence += 1;
    const signature = key.sign(bytesOf(session, serverId, sequence, frame));
    return { ...frame, seal: { sequence, signature } satisfies Seal };
  };
}

const bytesOf = (session: LinkSession, serverId: string, sequence: number, frame: object): Buffer =>
  signedBytes('seal', session, [serverId, String(sequence), canonicalJson(frame)]);

/** A frame that the hub did not send, or not here, or not now. Nothing of it may be done. */
export class BrokenSeal extends Error {}

/**
 * The agent's side: takes the seal off each frame, as it was read and before anything else is made of it. The frames of a
 * connection are numbered without gaps, so that one that is repeated, left out or brought from elsewhere is noticed.
 * @returns the frame without its seal
 * @throws BrokenSeal
 */
export function sealChecker(session: LinkSession): (said: unknown) => unknown {
  let last = 0;
  let serverId: string | null = null;
  return (said) => {
    if (typeof said !== 'object' || said === null) throw new BrokenSeal('it is no frame');
    const { seal: given, ...frame } = said as Record<string, unknown>;
    if (!isSealed(frame['type'])) return said;
    const seal = Seal.safeParse(given);
    if (!seal.success) throw new BrokenSeal('it is not signed');
    const { sequence, signature } = seal.data;
    const of = frame['type'] === 'welcome' ? String(frame['server_id']) : serverId;
    if (of === null) throw new BrokenSeal('it came before the welcome');
    if (!isSignedBy(session.hubKey, bytesOf(session, of, sequence, frame), signature))
      throw new BrokenSeal('its signature is not that of the hub for this connection');
    if (sequence !== last + 1) throw new BrokenSeal(`it is number ${sequence}, and ${last + 1} was due`);
    last = sequence;
    serverId = of;
    return frame;
  };
}
