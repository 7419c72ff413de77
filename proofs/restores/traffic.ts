import { api } from '@homelabcmd/protocol';
import { type Fleet, ProblemAnswer } from '@homelabcmd/testkit';
import type { Seeded } from '../report/seeded.ts';

/** An order that somebody approved, and where it went. */
export interface Approved {
  readonly orderId: string;
  readonly serverId: string;
}

export const SERVERS = ['attic', 'media', 'nas'] as const;
const SERVICES = ['plex', 'sonarr', 'radarr', 'web', 'mail', 'wiki', 'dns', 'git'] as const;

export const fleetOfDrill = Object.fromEntries(
  SERVERS.map((serverId) => [
    serverId,
    {
      services: SERVICES.map((name) => ({ unit: `${name}.service` })),
      allow: SERVICES.map((name) => `${name}.service`),
    },
  ]),
);

const PEOPLE = 3;

/** People who ask for restarts and decide, several at once, for as long as they are let. */
export class Traffic implements AsyncDisposable {
  /** Every approval that the hub has acknowledged, in order. */
  readonly approved: Approved[] = [];
  readonly #fleet: Fleet;
  readonly #chance: Seeded;
  readonly #people: Promise<void>[];
  #isOver = false;

  constructor(fleet: Fleet, chance: Seeded) {
    this.#fleet = fleet;
    this.#chance = chance;
    this.#people = Array.from({ length: PEOPLE }, () => this.#person());
  }

  /** The hub may go away from here on: a call that fails is no surprise. */
  end(): void {
    this.#isOver = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#people);
  }

  async #person(): Promise<void> {
    while (!this.#isOver) {
      try {
        await this.#story();
      } catch (error) {
        // Somebody else was first, or enough restarts ran; or the hub is gone, and so are the people.
        if (!(error instanceof ProblemAnswer) && !this.#isOver) throw error;
      }
    }
  }

  async #story(): Promise<void> {
    const { client } = this.#fleet;
    const [server_id, service_name] = [this.#chance.pick(SERVERS), this.#chance.pick(SERVICES)];
    const roll = this.#chance.next();
    const { action_id } = await client.call(api.restartService, { params: { server_id, service_name } });
    if (roll < 0.1) return;
    const given = { params: { action_id } };
    if (roll < 0.2) {
      await client.call(api.rejectAction, { ...given, body: { reason: 'not now' } });
      return;
    }
    const { order_id: orderId } = await client.call(api.approveAction, given);
    this.approved.push({ orderId, serverId: server_id });
  }
}
