import { setTimeout as pause } from 'node:timers/promises';
import { api } from '@homelabcmd/protocol';
import { type Seeded, seeded } from '../report/seeded.ts';
import { Beside } from './happenings/beside.ts';
import type { Happening } from './happenings/happening.ts';
import { Storm } from './happenings/storm.ts';
import { House } from './house.ts';
import { type Expected, judge, repeatsIn } from './judge.ts';
import { EVENTS_CHANNEL, MANNERS, Receivers } from './receivers.ts';
import { until } from './until.ts';

/** A server that goes is offline soon; agents say something every ten seconds. */
const STORM_SETTINGS = { HOMELABCMD_STALE_AFTER_MS: '12000', HOMELABCMD_OFFLINE_AFTER_MS: '15000' };
/** On a machine that is full, too. */
const ARRIVES_WITHIN_MS = 5000;

export interface DeliveriesOptions {
  readonly seed: number;
  readonly kills: number;
  /** The hub finds out itself what there is to tell. */
  readonly isStorm: boolean;
  readonly stop?: AbortSignal;
  onKill?(kills: number): void;
}

export interface DeliveriesOutcome {
  readonly kills: number;
  /** Kills that came while a receiver had what was not answered yet. */
  readonly killsWhileSending: number;
  readonly alerts: number;
  readonly events: number;
  readonly channels: number;
  readonly messages: number;
  /** Messages that came once more though they had been taken. */
  readonly repeats: number;
  readonly violations: readonly string[];
  readonly durationMs: number;
}

/** A hub whose people and programs are told of things all the while, and which is killed again and again. */
export async function playDeliveries(options: DeliveriesOptions): Promise<DeliveriesOutcome> {
  const chance = seeded(options.seed);
  await using receivers = await Receivers.start(seeded(options.seed, 1));
  await using house = new House(options.isStorm ? STORM_SETTINGS : {});
  await using happening = options.isStorm ? new Storm(house, chance) : new Beside(house, chance);
  return await new Play(options, chance, receivers, house, happening).play();
}

class Play {
  readonly #options: DeliveriesOptions;
  readonly #chance: Seeded;
  readonly #receivers: Receivers;
  readonly #house: House;
  readonly #happening: Happening;
  #kills = 0;
  #killsWhileSending = 0;

  constructor(
    options: DeliveriesOptions,
    chance: Seeded,
    receivers: Receivers,
    house: House,
    happening: Happening,
  ) {
    this.#happening = happening;
    this.#options = options;
    this.#chance = chance;
    this.#receivers = receivers;
    this.#house = house;
  }

  async play(): Promise<DeliveriesOutcome> {
    const startedMs = performance.now();
    this.#receivers.life = 1;
    await this.#house.start();
    await this.#addChannels();
    await this.#happening.open();
    while (this.#kills < this.#options.kills && this.#options.stop?.aborted !== true) {
      await this.#live();
      this.#kills += 1;
      this.#options.onKill?.(this.#kills);
      this.#house.letTimePass();
      this.#receivers.life += 1;
      await this.#house.start();
    }
    await this.#comeToRest();
    const expected = this.#expected();
    const { receipts } = this.#receivers;
    return {
      ...{ kills: this.#kills, killsWhileSending: this.#killsWhileSending },
      alerts: this.#happening.alerts(),
      ...{ events: expected.events.length, channels: MANNERS.length + 1 },
      messages: new Set(receipts.map(({ channel, id }) => `${channel} ${id}`)).size,
      repeats: repeatsIn(receipts),
      violations: [...judge(receipts, expected), ...this.#notDelivered(), ...this.#happening.violations()],
      durationMs: performance.now() - startedMs,
    };
  }

  async #addChannels(): Promise<void> {
    const { client } = this.#house;
    for (const manner of MANNERS) {
      const settings = { url: this.#receivers.addressOf(manner, manner) };
      await client.call(api.createChannel, { body: { name: manner, kind: 'webhook', settings } });
    }
    const url = this.#receivers.addressOf(EVENTS_CHANNEL, 'failing');
    const settings = { url, events: 'server.created' };
    await client.call(api.createChannel, { body: { name: EVENTS_CHANNEL, kind: 'event_webhook', settings } });
  }

  /** Things happen until the hub is killed: at a moment, or just when a receiver has got something. */
  async #live(): Promise<void> {
    const house = this.#house;
    const killing: Promise<void>[] = [];
    const kill = (isSending: boolean) => {
      if (killing.length > 0) return;
      if (isSending) this.#killsWhileSending += 1;
      killing.push(house.kill());
    };
    const isByArrival = this.#chance.next() < 0.5;
    if (isByArrival) {
      let left = this.#chance.below(12);
      this.#receivers.arrived = () => {
        left -= 1;
        if (left < 0) kill(true);
      };
    }
    const endMs =
      performance.now() +
      (isByArrival ? ARRIVES_WITHIN_MS : this.#chance.below(this.#happening.longestLifeMs));
    while (killing.length === 0 && performance.now() < endMs) {
      await this.#happening.happen();
      // A hub that was killed meanwhile hears of it in its next life.
      await house.kick().catch(() => {});
      await pause(this.#chance.below(this.#happening.longestPauseMs));
    }
    kill(false);
    await Promise.all(killing);
    this.#receivers.arrived = () => {};
  }

  /** From here on nobody is killed, and everybody takes everything: in the end nothing waits. */
  async #comeToRest(): Promise<void> {
    this.#receivers.isCalm = true;
    await this.#happening.rest();
    const open = `SELECT delivery_id FROM deliveries WHERE state IN ('waiting', 'held')`;
    const cursor = `SELECT event_id FROM follower_cursors WHERE follower = 'notifications'`;
    const newest = `SELECT max(id) AS id FROM events WHERE type IN ('alert.fired', 'alert.resolved', 'server.created')`;
    await until('everything is told', () => {
      const [at] = this.#house.rows<{ event_id: number }>(cursor);
      const [last] = this.#house.rows<{ id: number }>(newest);
      return (at?.event_id ?? 0) >= (last?.id ?? 0) && this.#house.rows(open).length === 0;
    });
  }

  #expected(): Expected {
    const since = `SELECT after_event FROM channels WHERE name = '${EVENTS_CHANNEL}'`;
    const events = this.#house.rows<{ id: number }>(
      `SELECT id FROM events WHERE type = 'server.created' AND id > (${since}) ORDER BY id`,
    );
    return { facts: this.#happening.facts(MANNERS), events: events.map(({ id }) => String(id)) };
  }

  /** What the hub itself says. */
  #notDelivered(): string[] {
    return this.#house
      .rows<{ title: string; state: string; because: string | null }>(
        `SELECT title, state, because FROM deliveries WHERE state NOT IN ('delivered', ${this.#options.isStorm ? "'not_told'" : "''"})`,
      )
      .map(({ title, state, because }) => `${title} is ${state}: ${because}`);
  }
}
