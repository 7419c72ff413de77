import { FRAME_VERSION, type Order } from '@homelabcmd/protocol';
import type { KeyPair } from '@homelabcmd/protocol/link';
import type { Handed } from '../../../../test/house/proxies/false-releases.ts';
import type { Seeded } from '../../../report/seeded.ts';
import type { OpenLink, PutIn } from '../door.ts';
import { UNLISTED } from '../server.ts';

/** What the attacker draws from: all that a hub has, and all that it has said before. */
export interface Arsenal {
  readonly chance: Seeded;
  /** The key of the hub. */
  readonly key: KeyPair;
  /** A key that the attacker has made. */
  readonly otherKey: KeyPair;
  /** An id that no order has had yet. */
  nextId(): string;
  /** Orders of before, and those of them that ran: on this connection, or on another one, or before a start of the server. */
  readonly said: Order[];
  readonly ran: Order[];
  /** Whole texts with their seals, as they went out on connections of before. */
  readonly texts: string[];
}

/** What an agent bears with: each frame has the seal that is due, and the link goes on. */
export interface Saying {
  readonly act: 'say';
  frames(arsenal: Arsenal): readonly object[];
}
/** What ends the link: nothing of these texts may be done, and nothing that comes after them on it. */
export interface Breaking {
  readonly act: 'break';
  texts(arsenal: Arsenal, link: OpenLink): readonly string[];
}
/** What is put into a greeting. */
export interface Greeting {
  readonly act: 'greet';
  putIn(arsenal: Arsenal): PutIn;
}
/** What somebody does who has taken the agent over as well: they ask the root-owned script themselves. */
export interface Asking {
  readonly act: 'ask';
  lines(arsenal: Arsenal, count: number): readonly string[];
}
/** What is handed out where root asks the hub for an upgrade. */
export interface Handing {
  readonly act: 'hand';
  handed(): Handed;
}
export type Way = Saying | Breaking | Greeting | Asking | Handing;
export type Ways = Readonly<Record<string, Way>>;

export const say = (frames: Saying['frames']): Saying => ({ act: 'say', frames });
export const orders = (...made: ((arsenal: Arsenal) => object)[]): Saying =>
  say((arsenal) => made.map((make) => orderFrame(make(arsenal))));

export const orderFrame = (order: object): object => ({ v: FRAME_VERSION, type: 'order', order });

/** Order by order these are asked for, unless a way is about another one. */
const TARGETS = ['media', 'web', ...UNLISTED] as const;

/** An order as a hub would send it: where root has listed its target, it runs. */
export function order(arsenal: Arsenal, change: Partial<Order> = {}): Order {
  return {
    ...{ order_id: arsenal.nextId(), action_id: 1 + arsenal.chance.below(1e6), digest: 'd1'.repeat(32) },
    ...{
      kind: 'restart_service',
      target: `systemd:${arsenal.chance.pick(TARGETS)}.service`,
      verb: 'restart',
    },
    ...{ expect: null, ttl_ms: 60_000, settle_ms: 0, probe: null },
    ...change,
  };
}
