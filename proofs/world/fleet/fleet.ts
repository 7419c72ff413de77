import type { ActionTiming, Logger, StoredEvent } from '@homelabcmd/hub/rules';
import { closeDescriptors, enterWorld, installCalls } from '../ground/calls.ts';
import { Network } from '../ground/network.ts';
import { Killed, newHost, type Process, Timeline } from '../ground/timeline.ts';
import { type SimulatedHub, startHub } from './hub.ts';
import type { FleetImage } from './image.ts';
import type { Run } from './script.ts';
import { Server } from './server.ts';
import { StoreDisk } from './store.ts';

export interface FleetOptions {
  readonly seed: number;
  readonly keepsTrace: boolean;
  readonly image: FleetImage;
  readonly servers: readonly string[];
  readonly timing: ActionTiming;
  readonly liveness: { readonly staleAfterMs: number; readonly offlineAfterMs: number };
  readonly planted?: Planted | undefined;
}

/** A mistake that is put in on purpose, to see that it is found. */
export type Planted = 'nothing is kept of an order' | 'commits are lost with the hub';

/** Who watches what the fleet does. */
export interface Watcher {
  cursor(): number;
  onEvent(event: StoredEvent): void;
  onRun(server: Server, run: Run): void;
  onFault(what: string): void;
  onOrderSent(): void;
}

const HUB_AGAIN_MS = 1000;

/** A hub, its servers and the network between them, in one world of its own. */
export class Fleet implements Disposable {
  readonly timeline: Timeline;
  readonly network: Network;
  readonly disk: StoreDisk;
  readonly hubHost = newHost('hub');
  readonly servers = new Map<string, Server>();
  readonly options: FleetOptions;
  /** Whoever does something to the world from outside of it. */
  readonly nature: Process = { name: 'nature', host: newHost('nature'), isAlive: true };
  /** The hub's disk has refused something in this world: then the hub may complain. */
  hasDiskFailed = false;
  watcher: Watcher | null = null;
  hubStarts = 0;
  readonly #keeper: Process = { name: 'hub keeper', host: this.hubHost, isAlive: true };
  #process: Process | null = null;
  #hub: SimulatedHub | null = null;

  constructor(options: FleetOptions) {
    installCalls();
    this.options = options;
    this.timeline = new Timeline(options.seed, options.keepsTrace);
    this.disk = new StoreDisk(options.image.store);
    this.disk.onDeath = () => this.killHub();
    this.network = new Network({
      timeline: this.timeline,
      hubKey: options.image.hubKey,
      onOrderSent: () => this.watcher?.onOrderSent(),
      hub: () => {
        const [process, hub] = [this.#process, this.#hub];
        return process === null || hub === null
          ? null
          : { process, enter: (socket, address) => hub.link.enter(socket, address) };
      },
    });
    this.timeline.onStray = (error) => this.#stray('an error that nobody caught', error);
    for (const id of options.servers) {
      const server: Server = new Server(id, {
        ...{ timeline: this.timeline, network: this.network },
        agentKey: options.image.agentKeys.get(id) ?? '',
        hubKey: options.image.hubKey.publicKey,
        keepsOrders: options.planted !== 'nothing is kept of an order',
        onRun: (run) => this.watcher?.onRun(server, run),
      });
      this.servers.set(id, server);
    }
    const disks = new Map([...this.servers].map(([id, { disk }]) => [id, disk]));
    enterWorld({
      timeline: this.timeline,
      disks,
      connect: (process) => this.network.connect(process),
    });
  }

  get hub(): SimulatedHub | null {
    return this.#process?.isAlive === true ? this.#hub : null;
  }

  get hubProcess(): Process | null {
    return this.#process;
  }

  /** Somebody does something in the world, in so long. */
  readonly later = (waitMs: number, act: () => void): void => {
    this.timeline.at(this.nature, waitMs, act);
  };

  startHubIn(waitMs: number): void {
    const process: Process = { name: 'hub', host: this.hubHost, isAlive: true };
    this.#process = process;
    this.#hub = null;
    this.timeline.at(process, waitMs, () => {
      this.hubStarts += 1;
      startHub({
        connection: this.disk.connectionOf(process),
        clock: { nowMs: () => this.timeline.wallMs(this.hubHost) },
        key: this.options.image.hubKey,
        ...{ timing: this.options.timing, liveness: this.options.liveness, logger: this.#logger(process) },
        witness: {
          cursor: () => this.watcher?.cursor() ?? 0,
          take: async (event) => this.watcher?.onEvent(event),
        },
      }).then(
        (hub) => {
          if (process.isAlive) this.#hub = hub;
        },
        (error: unknown) => {
          if (!process.isAlive) return;
          this.#stray('the hub could not start', error);
          this.killHub();
        },
      );
    });
  }

  /** SIGKILL: what was committed is there. */
  killHub(againInMs = HUB_AGAIN_MS): void {
    const process = this.#process;
    if (process === null || !process.isAlive) return;
    process.isAlive = false;
    this.#hub = null;
    this.disk.forgetUncommitted();
    if (this.options.planted === 'commits are lost with the hub') this.disk.replace(this.options.image.store);
    this.network.lost(process, this.timeline.happens(0.8));
    this.timeline.note('hub: gone');
    this.timeline.at(this.#keeper, againInMs, () => {
      if (this.#process === process) this.startHubIn(1);
    });
  }

  /** Something went wrong that no rule of the product answers. */
  #stray(what: string, error: unknown): void {
    if (error instanceof Killed || this.hasDiskFailed) return;
    this.watcher?.onFault(
      `${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  }

  #logger(process: Process): Logger {
    const complain = (fields: { err?: unknown }, what: string) => {
      if (process.isAlive) this.#stray(`the hub says «${what}»`, fields.err);
    };
    const logger = { error: complain, fatal: complain, ...QUIET, child: () => logger };
    return logger as unknown as Logger;
  }

  [Symbol.dispose](): void {
    enterWorld(null);
    closeDescriptors();
    this.disk[Symbol.dispose]();
  }
}

const nothing = () => undefined;
const QUIET = { warn: nothing, info: nothing, debug: nothing, trace: nothing };
