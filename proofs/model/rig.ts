import type { ActionStatus } from '@homelabcmd/protocol';
import { approve, cancel, abandon, reject, requestAction } from '@homelabcmd/hub/rules';
import { judgeAtRest } from '../world/judge/verdict.ts';
import { Witness } from '../world/judge/witness.ts';
import { Fleet, type Planted } from '../world/fleet/fleet.ts';
import type { FleetImage } from '../world/fleet/image.ts';
import type { SimulatedHub } from '../world/fleet/hub.ts';
import type { Server } from '../world/fleet/server.ts';
import { type Answer, decideParts, type Deed, People } from '../world/people/people.ts';
import { playFor, playUntilQuiet } from '../world/people/rest.ts';

const TIMES = {
  pendingTtlMs: 60_000,
  approvedTtlMs: 20_000,
  orderTtlMs: 15_000,
  dispatchedLeaseMs: 20_000,
  executingLeaseMs: 20_000,
  settleMs: 1000,
  staleAfterMs: 25_000,
  offlineAfterMs: 40_000,
} as const;

export const PLACES = ['media', 'nas'] as const;
export const NAMES = ['plex', 'web'] as const;
export type Place = (typeof PLACES)[number];
export type Name = (typeof NAMES)[number];

/** What a service is at this moment, by the simulated systemd and not by the product. */
export interface ServiceNow {
  readonly isUp: boolean;
  readonly invocation: string;
  readonly boot: string;
}

export interface RowNow {
  readonly actionId: number;
  readonly status: ActionStatus;
  readonly isAskedBack: boolean;
}

/** A press and its answer take no longer than this, and what follows from it of itself neither. */
const PRESS_MS = 400;

/** The system under test: the fleet of the simulation with services that behave, and with no faults but those of a command. */
export class Rig implements Disposable {
  readonly fleet: Fleet;
  readonly witness: Witness;
  readonly people: People;

  private constructor(image: FleetImage, planted: Planted | undefined) {
    this.fleet = new Fleet({
      ...{ seed: 1, keepsTrace: true, image, planted },
      ...{ servers: PLACES, timing: TIMES, liveness: TIMES },
    });
    this.witness = new Witness(this.fleet);
    this.fleet.watcher = this.witness;
    this.people = new People(this.fleet, this.witness);
  }

  static async open(image: FleetImage, planted?: Planted): Promise<Rig> {
    const rig = new Rig(image, planted);
    rig.fleet.startHubIn(1);
    for (const server of rig.fleet.servers.values()) {
      for (const { conduct } of server.systemd.units.values())
        Object.assign(conduct, {
          ...{ restart: 'no', stopMs: 20, startMs: 50, failing: 0, endsAfterMs: null },
        });
      server.systemd.start('plex.service');
      server.startAgentIn(5);
    }
    await rig.wait(3000);
    return rig;
  }

  wait(ms: number): Promise<void> {
    return playFor(this.fleet, ms);
  }

  get nowMs(): number {
    return this.fleet.timeline.nowMs;
  }

  server(place: Place): Server {
    const server = this.fleet.servers.get(place);
    if (server === undefined) throw new Error(`there is no ${place}`);
    return server;
  }

  service(place: Place, name: Name): ServiceNow {
    const server = this.server(place);
    const state = server.systemd.units.get(`${name}.service`)?.state;
    return {
      isUp: state?.activeState === 'active',
      invocation: state?.invocationId ?? '',
      boot: server.bootId,
    };
  }

  /** Whether hub and agent hear each other now. */
  isLinked(place: Place): boolean {
    const { hub } = this.fleet;
    // Not only that there is a connection: the hub may hold one that is dead, and hears nothing on a new one while it asks that one.
    return hub?.link.takesOrders(place) === true && this.server(place).agent?.isLinked() === true;
  }

  get isHubUp(): boolean {
    return this.fleet.hub !== null;
  }

  ask(actor: string, serverId: Place, serviceName: Name): Promise<Answer> {
    const wish = { kind: 'restart_service', serverId, serviceName } as const;
    return this.#press('request', actor, (hub) => requestAction(hub.log, TIMES, actor, wish, null));
  }

  decide(
    what: Exclude<Deed, 'request'>,
    actor: string,
    actionId: number,
    digest: string | undefined,
  ): Promise<Answer> {
    return this.#press(what, actor, (hub) => {
      if (what === 'reject') return reject(hub.log, actor, actionId, 'not now');
      if (what === 'cancel') return cancel(hub.log, actor, actionId, { onlyOwn: false });
      if (what === 'abandon') return abandon(hub.log, actor, actionId, 'looked at it');
      this.witness.pressed(actor, actionId, digest);
      return approve(decideParts(hub, TIMES), actor, actionId, digest);
    });
  }

  rows(): RowNow[] {
    return this.fleet.disk.database
      .prepare('SELECT action_id, status, cancel_requested_by FROM actions ORDER BY action_id')
      .all()
      .map((row) => ({
        actionId: Number(row['action_id']),
        status: row['status'] as ActionStatus,
        isAskedBack: row['cancel_requested_by'] !== null,
      }));
  }

  /** Everything that was taken away comes back; then the promises of a fleet at rest are looked at. */
  async finish(): Promise<readonly string[]> {
    this.fleet.network.clear();
    for (const server of this.fleet.servers.values()) if (server.agent === null) server.startAgentIn(1);
    await playUntilQuiet(this.fleet, this.witness);
    await judgeAtRest(this.fleet, this.witness, this.people.told);
    return this.witness.violations;
  }

  async #press(what: Deed, actor: string, act: (hub: SimulatedHub) => ReturnType<typeof approve>) {
    let answer: Answer = { kind: 'lost' };
    this.people.call(what, actor, act, (given) => {
      answer = given;
    });
    await this.wait(PRESS_MS);
    return answer;
  }

  [Symbol.dispose](): void {
    this.fleet[Symbol.dispose]();
  }
}
