import type { Seeded } from '../../report/seeded.ts';
import { alertOf, FIRST_ALERT, type House } from '../house.ts';
import type { Happening } from './happening.ts';

/** Facts of alerts that are written into the log beside the hub: many of them in a short time. */
export class Beside implements Happening {
  readonly longestLifeMs = 1500;
  readonly longestPauseMs = 40;
  readonly #house: House;
  readonly #chance: Seeded;
  readonly #facts: string[] = [];
  readonly #firing: number[] = [];
  #alerts = 0;

  constructor(house: House, chance: Seeded) {
    this.#house = house;
    this.#chance = chance;
  }

  open(): Promise<void> {
    return this.#house.open();
  }

  async happen(): Promise<void> {
    for (let left = 1 + this.#chance.below(2); left > 0; left -= 1) {
      const isEnd = this.#firing.length > 0 && this.#chance.next() < 0.4;
      if (isEnd) {
        const [alertId = 0] = this.#firing.splice(this.#chance.below(this.#firing.length), 1);
        await this.#house.tell('alert.resolved', alertOf(alertId, 'resolved'));
        this.#facts.push(`${alertId} resolved`);
      } else {
        const alertId = FIRST_ALERT + this.#alerts;
        this.#alerts += 1;
        await this.#house.tell('alert.fired', alertOf(alertId, 'firing'));
        this.#facts.push(`${alertId} fired`);
        this.#firing.push(alertId);
      }
    }
  }

  rest(): Promise<void> {
    return this.#house.kick();
  }

  alerts(): number {
    return this.#alerts;
  }

  facts(channels: readonly string[]): Record<string, readonly string[]> {
    return Object.fromEntries(channels.map((channel) => [channel, this.#facts]));
  }

  violations(): string[] {
    return [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // It holds nothing of its own.
  }
}
