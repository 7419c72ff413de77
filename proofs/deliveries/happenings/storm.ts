import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Agent, readConfig, startAgent } from '@homelabcmd/agent';
import { api } from '@homelabcmd/protocol';
import { FakeExecutor, FakeSystemd } from '@homelabcmd/testkit';
import type { Seeded } from '../../report/seeded.ts';
import type { House } from '../house.ts';
import { until } from '../until.ts';
import type { Happening } from './happening.ts';

const SERVERS = ['nas', 'attic', 'cellar', 'loft'];
const SERVICES = Array.from({ length: 20 }, (_, n) => `service-${String(n + 1).padStart(2, '0')}`);
/** As often a server goes, with all of its services … */
const GOES = 0.04;
/** … and is back at the earliest after so long, when it has been called offline, or just not. */
const AWAY_MS = { least: 12_000, spread: 18_000 };

interface Machine {
  readonly serverId: string;
  readonly systemd: FakeSystemd;
  readonly down: Set<string>;
  agent: Agent | null;
  backMs: number;
  start(): Promise<Agent>;
}

/** Servers with real agents, whose services fail and start, and which go and come back: the hub finds out itself what there is to tell. */
export class Storm implements Happening {
  readonly longestLifeMs = 8000;
  readonly longestPauseMs = 900;
  readonly #house: House;
  readonly #chance: Seeded;
  readonly #folder = mkdtempSync(join(tmpdir(), 'homelabcmd-storm-'));
  readonly #machines: Machine[] = [];

  constructor(house: House, chance: Seeded) {
    this.#house = house;
    this.#chance = chance;
  }

  async open(): Promise<void> {
    for (const serverId of SERVERS) {
      const { client } = this.#house;
      const { token } = await client.call(api.enrolServer, { params: { server_id: serverId } });
      const services = SERVICES.map((service_name, n) => ({ service_name, critical: n % 2 === 0 }));
      await client.call(api.expectServices, { params: { server_id: serverId }, body: { services } });
      const systemd = new FakeSystemd(SERVICES.map((name) => ({ unit: `${name}.service` })));
      const bootId = randomUUID();
      const start = () =>
        startAgent(
          readConfig({
            HOMELABCMD_HUB_URL: this.#house.url,
            HOMELABCMD_ENROLMENT_TOKEN: token,
            HOMELABCMD_STATE_DIR: join(this.#folder, serverId),
            HOMELABCMD_ALLOW_FILE: join(this.#folder, 'none'),
          }),
          {
            ...{ systemd, executor: new FakeExecutor(systemd, bootId), bootId, hostname: serverId },
            log: () => {},
          },
        );
      this.#machines.push({ serverId, systemd, down: new Set(), agent: await start(), backMs: 0, start });
    }
  }

  async happen(): Promise<void> {
    const machine = this.#machines[this.#chance.below(this.#machines.length)];
    if (machine === undefined) return;
    if (machine.agent === null) {
      if (performance.now() > machine.backMs) machine.agent = await machine.start();
      return;
    }
    if (this.#chance.next() < GOES) return this.#goes(machine, machine.agent);
    const [first] = machine.down;
    if (first !== undefined && this.#chance.next() < 0.45) {
      machine.systemd.start(`${first}.service`);
      machine.down.delete(first);
      return;
    }
    const name = SERVICES[this.#chance.below(SERVICES.length)] ?? '';
    if (machine.down.has(name)) return;
    machine.systemd.kill(`${name}.service`);
    machine.down.add(name);
  }

  async #goes(machine: Machine, agent: Agent): Promise<void> {
    machine.agent = null;
    machine.backMs = performance.now() + AWAY_MS.least + this.#chance.below(AWAY_MS.spread);
    await agent[Symbol.asyncDispose]();
  }

  async rest(): Promise<void> {
    for (const machine of this.#machines) machine.agent ??= await machine.start();
    await this.#house.kick();
    const silent = `SELECT server_id FROM servers WHERE liveness IN ('stale', 'offline')`;
    // Readings are of this machine, which has much to do.
    const pending = `SELECT alert_id FROM alerts
      WHERE state = 'pending' AND kind IN ('service_down', 'server_offline', 'fleet_change')`;
    await until('every server is heard and nothing is waited for', () => {
      const isDone = [silent, pending].every((sql) => this.#house.rows(sql).length === 0);
      return isDone && this.violations().length === 0;
    });
  }

  alerts(): number {
    return this.#house.rows<{ n: number }>('SELECT count(*) AS n FROM alerts')[0]?.n ?? 0;
  }

  /** Each fact that people are to hear of has its row for each channel; what has one is told, or says why it is not. */
  facts(channels: readonly string[]): Record<string, readonly string[]> {
    const told = this.#house.rows<{ type: string; id: number }>(
      `SELECT type, json_extract(data_json, '$.alert.alert_id') AS id FROM events
       WHERE type IN ('alert.fired', 'alert.escalated', 'alert.resolved') ORDER BY events.id`,
    );
    const rows = this.#house.rows<{ name: string; alert_id: number; occasion: string; state: string }>(
      `SELECT name, alert_id, occasion, state FROM deliveries JOIN channels USING (channel_id)
       WHERE alert_id IS NOT NULL`,
    );
    const stateOf = new Map(rows.map((row) => [`${row.name} ${row.alert_id} ${row.occasion}`, row.state]));
    return Object.fromEntries(channels.map((channel) => [channel, [...wantedBy(channel, told, stateOf)]]));
  }

  /** Of each service that is down there is an alert, and of none that runs, but for what flaps. */
  violations(): string[] {
    const open = this.#house.rows<{ server_id: string; subject: string; is_flapping: number }>(
      `SELECT server_id, subject, json_extract(alert_json, '$.flapping') AS is_flapping FROM alerts
       WHERE kind = 'service_down' AND state = 'firing'`,
    );
    const has = (serverId: string, name: string) =>
      open.find(({ server_id, subject }) => server_id === serverId && subject === name);
    return this.#machines.flatMap(({ serverId, down }) =>
      SERVICES.flatMap((name) => {
        const alert = has(serverId, name);
        if (down.has(name))
          return alert === undefined ? [`${name} on ${serverId} is down without alert.`] : [];
        return alert === undefined || alert.is_flapping === 1
          ? []
          : [`${name} on ${serverId} runs, and its alert fires.`];
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { agent } of this.#machines) await agent?.[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function* wantedBy(
  channel: string,
  told: readonly { readonly type: string; readonly id: number }[],
  stateOf: ReadonlyMap<string, string>,
): Generator<string> {
  const heard = new Set<number>();
  for (const { type, id } of told) {
    const occasion = type.slice('alert.'.length);
    const state = stateOf.get(`${channel} ${id} ${occasion}`);
    // Of the end of what nobody heard of, nobody hears.
    if (occasion === 'resolved' && !heard.has(id)) continue;
    if (state === 'not_told') continue;
    heard.add(id);
    yield `${id} ${occasion}`;
  }
}
