import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { runCommand } from '@homelabcmd/hub/command';
import { api } from '@homelabcmd/protocol';
import { type Fleet, startFleet } from '@homelabcmd/testkit';
import { type Seeded, seeded } from '../report/seeded.ts';
import { judgeReconciled, judgeUnfrozen } from './judge.ts';
import { until } from './until.ts';
import { type Approved, fleetOfDrill, SERVERS, Traffic } from './traffic.ts';

/** How an older store comes into the place of the newer one. */
export const WAYS = ['by the command', 'by hand', 'with the whole folder'] as const;
export type Way = (typeof WAYS)[number];

export interface Drill {
  readonly seed: number;
  readonly number: number;
  readonly way: Way;
  /** False: nothing happened between the copy and the restore, so there is nothing to notice. */
  readonly isAnythingLost: boolean;
}

export interface DrillResult {
  readonly drill: Drill;
  readonly isDetected: boolean;
  readonly reason: string | null;
  /** From the start of the hub until it was frozen. */
  readonly detectedMs: number | null;
  readonly approvals: number;
  readonly lostApprovals: number;
  /** Restarts between the restore and the lifting of the freeze. */
  readonly ranWhileFrozen: number;
  /** Orders of which the audit says that an agent knows them, and this store does not. */
  readonly unaccounted: number;
  readonly violations: readonly string[];
}

/** One restore, from the traffic before the copy to a restart after the freeze was lifted. */
export async function playDrill(drill: Drill): Promise<DrillResult> {
  const chance = seeded(drill.seed, drill.number);
  const folder = mkdtempSync(join(tmpdir(), 'homelabcmd-drill-'));
  const dataDir = join(folder, 'hub');
  try {
    await using fleet = await startFleet(fleetOfDrill, {
      HOMELABCMD_DATA_DIR: dataDir,
      HOMELABCMD_SETTLE_MS: '0',
      HOMELABCMD_LOG_LEVEL: 'error',
    });
    return await new Play(drill, chance, fleet, dataDir, join(folder, 'copy.db')).play();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

class Play {
  readonly #drill: Drill;
  readonly #chance: Seeded;
  readonly #fleet: Fleet;
  readonly #dataDir: string;
  readonly #copy: string;

  constructor(drill: Drill, chance: Seeded, fleet: Fleet, dataDir: string, copy: string) {
    this.#drill = drill;
    this.#chance = chance;
    this.#fleet = fleet;
    this.#dataDir = dataDir;
    this.#copy = copy;
  }

  async play(): Promise<DrillResult> {
    const { approved, lost } = await this.#live();
    await until('the agents have nothing to do', () => this.#isIdle());
    for (const server of this.#fleet.servers.values()) await server.stopAgent();
    await this.#restore();
    const runs = this.#runs();
    const startedMs = Date.now();
    await this.#fleet.startHub();
    const away = await this.#startSome(lost);
    await this.#settled(away);
    const freeze = await this.#fleet.client.call(api.getFreeze, {});
    const result = {
      drill: this.#drill,
      isDetected: freeze.on,
      reason: freeze.reason,
      detectedMs: freeze.on ? Date.parse(freeze.changed_at ?? '') - startedMs : null,
      approvals: approved.length,
      lostApprovals: lost.length,
    };
    const violations: string[] = [];
    if (freeze.on && !this.#drill.isAnythingLost)
      violations.push('Nothing was lost, and the fleet is frozen.');
    if (!freeze.on && this.#drill.isAnythingLost) violations.push('The restore was not noticed.');
    if (!freeze.on) return { ...result, ranWhileFrozen: 0, unaccounted: 0, violations };
    violations.push(...(await this.#pressWhileFrozen()));
    const reconciled = await judgeReconciled(this.#fleet, lost, away);
    const ranWhileFrozen = this.#runs() - runs;
    if (ranWhileFrozen > 0) violations.push(`${ranWhileFrozen} restarts ran while the fleet was frozen.`);
    violations.push(...reconciled.violations);
    violations.push(...(await judgeUnfrozen(this.#fleet, lost, away, () => this.#settled(new Set()))));
    return { ...result, ranWhileFrozen, unaccounted: reconciled.unaccounted, violations };
  }

  /** People at work; at a random moment of it the store is copied, and at another the hub ends. */
  async #live(): Promise<{ approved: readonly Approved[]; lost: readonly Approved[] }> {
    const { isAnythingLost } = this.#drill;
    // A fleet at work: every agent has been heard, which the copy knows.
    await this.#settled(new Set());
    await using traffic = new Traffic(this.#fleet, this.#chance);
    const [before, after] = [1 + this.#chance.below(12), 1 + this.#chance.below(12)];
    await until('people have approved', () => traffic.approved.length >= before);
    if (!isAnythingLost) {
      await traffic[Symbol.asyncDispose]();
      await until('the agents have nothing to do', async () => (await this.#open()) === 0 && this.#isIdle());
    }
    await this.#command('backup', '--to', this.#copy);
    if (isAnythingLost) {
      const copied = traffic.approved.length;
      // With a head that is not in the copy: what was sent before the copy was made shows nothing.
      await until('an order has run that the copy does not know', () => {
        const since = traffic.approved.slice(copied);
        return since.length >= after && since.some((one) => this.#hasRun(one));
      });
      traffic.end();
      await this.#fleet.stopHub();
      return { approved: traffic.approved, lost: traffic.approved.slice(copied) };
    }
    await this.#fleet.stopHub();
    return { approved: traffic.approved, lost: [] };
  }

  async #restore(): Promise<void> {
    const { way } = this.#drill;
    if (way === 'by the command') return this.#command('restore', this.#copy);
    const store = join(this.#dataDir, 'homelabcmd.db');
    for (const suffix of ['', '-wal', '-shm']) rmSync(store + suffix, { force: true });
    copyFileSync(this.#copy, store);
    // A folder that went back as a whole has a mark of then, which agrees with the store, or none.
    if (way === 'with the whole folder') rmSync(join(this.#dataDir, 'audit-mark.json'), { force: true });
  }

  /** Some servers are off when the hub comes back, but never the only one that knows better. */
  async #startSome(lost: readonly Approved[]): Promise<ReadonlySet<string>> {
    const witness = lost.find((one) => this.#hasRun(one))?.serverId;
    const away = new Set<string>();
    for (const serverId of this.#chance.shuffled(SERVERS))
      if (serverId !== witness && this.#chance.next() < 0.25) away.add(serverId);
      else await this.#fleet.servers.get(serverId)?.startAgent();
    return away;
  }

  async #settled(away: ReadonlySet<string>): Promise<void> {
    const { client } = this.#fleet;
    await until('the servers are back', async () => {
      const { servers } = await client.call(api.listServers, {});
      return servers.every(
        ({ server_id, liveness }) => away.has(server_id) || (liveness === 'online' && this.#isIdle()),
      );
    });
    // An answer to this comes after the check-in, on every connection.
    await until('every server that is there has answered', async () => {
      const { witnesses } = await client.call(api.listWitnesses, { query: { limit: 1 } });
      return witnesses.every(({ server_id, status }) => away.has(server_id) || status === 'answered');
    });
  }

  /** Somebody who does not read the reason asks and approves; nothing may come of it yet. */
  async #pressWhileFrozen(): Promise<string[]> {
    const { client } = this.#fleet;
    for (const server_id of SERVERS) {
      const { services } = await client.call(api.listServices, { params: { server_id } });
      const free = services.find(({ open_action_id }) => open_action_id === null);
      if (free === undefined) continue;
      const { service_name } = free;
      const { action_id } = await client.call(api.restartService, { params: { server_id, service_name } });
      const { status } = await client.call(api.approveAction, { params: { action_id } });
      if (status !== 'approved') return [`An approval while frozen is ${status}.`];
      await client.call(api.cancelAction, { params: { action_id } });
    }
    return [];
  }

  async #open(): Promise<number> {
    const { actions } = await this.#fleet.client.call(api.listActions, {
      query: { limit: 500, status: 'approved,dispatched,executing,unknown' },
    });
    return actions.length;
  }

  #hasRun({ orderId, serverId }: Approved): boolean {
    const verb = this.#fleet.servers.get(serverId)?.claimOf(orderId) ?? null;
    return verb !== null && verb !== 'fence';
  }

  #isIdle(): boolean {
    return [...this.#fleet.servers.values()].every((server) => server.ordersAtWork().length === 0);
  }

  /** How often anything was restarted anywhere, as the services themselves count it. */
  #runs(): number {
    const units = fleetOfDrill['nas']?.services ?? [];
    return [...this.#fleet.servers.values()].reduce(
      (sum, { systemd }) => sum + units.reduce((of, { unit }) => of + systemd.startsOf(unit).length, 0),
      0,
    );
  }

  async #command(...words: string[]): Promise<void> {
    const said: string[] = [];
    const into = new Writable({
      write(chunk: Buffer, _encoding, done) {
        said.push(chunk.toString());
        done();
      },
    });
    const environment = { HOMELABCMD_DATA_DIR: this.#dataDir };
    const code = await runCommand(words, { environment, out: into, err: into });
    if (code !== 0 || !existsSync(this.#copy)) throw new Error(`homelabcmd ${words[0]}: ${said.join('')}`);
  }
}
