import {
  ActionStatus,
  type EventData,
  type Policy,
  type Service,
  isFinal,
  isPolicyActor,
  policyActor,
} from '@homelabcmd/protocol';
import type { EventLog, LogTransaction, StoredEvent } from '../../events/log.ts';
import { type Clock, nowOf } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Store } from '../../store/schema.ts';
import { type ActionsPort, noteOnPolicy } from '../approver.ts';
import { asIfReal, effectiveOf, stillBecause } from '../effective.ts';
import { holdOf } from '../hold.ts';
import { sceneOf } from '../rows.ts';
import type { StormHalt } from '../storm.ts';
import { type Incident, type Seen, held, isDownByFault, nextIncident, tried } from './incident.ts';
import {
  type Place,
  allPlaces,
  dueIncidents,
  isAnyRemediating,
  nextDue,
  readIncident,
  writeIncident,
} from './store.ts';

const LONGEST_WAIT_MS = 60_000;
const RETRY_MS = 1000;

/** What this needs of the other features. */
export interface RemediationPort extends Pick<ActionsPort, 'read'> {
  /** @throws Refusal */
  requestRestart(open: LogTransaction, actor: string, serverId: string, serviceName: string): Promise<number>;
  /** @throws Refusal `not_found` */
  readService(db: Store, place: Place): Promise<Service>;
  /** Tells of a service as it is now, with what automation is doing about it. */
  tellService(open: LogTransaction, place: Place, actor: string): Promise<void>;
}

/**
 * Asks for restarts of services that are down, where a policy says so. All of it rests on rows: a hub that starts anew
 * looks at every service and goes on where it was. It only ever asks; who approves is said by the policy's mode.
 */
export class Remediation implements AsyncDisposable {
  readonly #db: Store;
  readonly #log: EventLog;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #port: RemediationPort;
  readonly #storm: StormHalt;
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> = Promise.resolve();
  #isDisposed = false;

  constructor(
    parts: { db: Store; log: EventLog; clock: Clock; logger: Logger },
    port: RemediationPort,
    storm: StormHalt,
  ) {
    this.#db = parts.db;
    this.#log = parts.log;
    this.#clock = parts.clock;
    this.#logger = parts.logger;
    this.#port = port;
    this.#storm = storm;
  }

  /** Looks at everything once, and sets the timer for what is due next. */
  async start(): Promise<void> {
    if (await isAnyRemediating(this.#db)) await this.#reviewAll(null);
    await this.#arm();
  }

  /** Follows the log. */
  async take(event: StoredEvent): Promise<void> {
    if (!concerns(event) || !(await isAnyRemediating(this.#db))) return;
    if (event.type === 'service.changed') {
      const { service } = JSON.parse(event.dataJson) as EventData<'service.changed'>;
      await this.#review(service);
    } else if (event.type === 'server.changed') {
      await this.#reviewAll(event.serverId);
    } else if (event.type.startsWith('action.')) await this.#review(actionIn(event));
    else await this.#reviewAll(null);
    await this.#arm();
  }

  async #reviewAll(serverId: string | null): Promise<void> {
    for (const place of await allPlaces(this.#db, serverId)) await this.#review(place);
  }

  /** Brings the incident of one service up to what is seen; where a try is due, makes it. */
  #review({ server_id, target }: Place): Promise<void> {
    const place = { server_id, target };
    return this.#log.transaction(async (open) => {
      const before = await readIncident(open.tx, place);
      const service = await this.#port.readService(open.tx, place).catch(nullIfGone);
      const policy = service === null ? null : await this.#policyFor(open, place);
      if (service === null || policy === null) {
        return this.#write(open, place, service, null, before, null);
      }
      const next = nextIncident(before, await this.#seen(open, service, policy, before));
      const nowMs = Date.parse(open.now);
      const isDue = next?.state === 'waiting' && (next.dueMs ?? 0) <= nowMs;
      const after = isDue ? await this.#try(open, service, policy, next) : next;
      await this.#write(open, place, service, policy, before, after);
    });
  }

  async #seen(
    open: LogTransaction,
    service: Service,
    policy: Policy,
    incident: Incident | null,
  ): Promise<Seen> {
    const actionId = incident?.actionId ?? null;
    const action = actionId === null ? null : await this.#port.read(open, actionId).catch(nullIfGone);
    const isDeclined = action?.status === 'rejected' || action?.status === 'cancelled';
    return {
      nowMs: Date.parse(open.now),
      isDown: isDownByFault(service),
      waitMs: policy.wait_ms,
      action: action !== null && !isFinal(action.status) ? 'open' : isDeclined ? 'declined' : 'over',
    };
  }

  /** The policy that asks for restarts of this service: the one that holds, or else one in shadow. */
  async #policyFor(open: LogTransaction, { server_id, target }: Place): Promise<Policy | null> {
    const scene = await sceneOf(open.tx, server_id, target, Date.parse(open.now));
    const { policy, shadow } = effectiveOf(scene);
    if (policy?.remediate === true) return policy;
    return shadow?.remediate === true && asIfReal(shadow, scene) !== null ? shadow : null;
  }

  async #try(open: LogTransaction, service: Service, policy: Policy, incident: Incident): Promise<Incident> {
    const { server_id, target, service_name } = service;
    const nowMs = Date.parse(open.now);
    const scene = await sceneOf(open.tx, server_id, target, nowMs);
    const isStill = stillBecause({ ...policy, hours: null }, scene) !== null;
    const hold = isStill || (await holdOf(open, await this.#storm.check(open), server_id, target)) !== null;
    if (hold || service.open_action_id !== null) return held(incident, nowMs);
    if (policy.shadow) {
      await noteOnPolicy(
        open,
        policy.name,
        `In shadow: it would have asked for a restart of ${service_name} on ${server_id}`,
      );
      return tried(incident, null, nowMs);
    }
    try {
      const actor = policyActor(policy.name);
      return tried(incident, await this.#port.requestRestart(open, actor, server_id, service_name), nowMs);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return held(incident, nowMs);
    }
  }

  async #write(
    open: LogTransaction,
    place: Place,
    service: Service | null,
    policy: Policy | null,
    before: Incident | null,
    after: Incident | null,
  ): Promise<void> {
    if (after === before) return;
    await writeIncident(open.tx, place, policy?.name ?? '', after, open.now);
    if (service !== null && policy === null) await this.#port.tellService(open, place, 'hub');
    if (service === null || policy === null || policy.shadow) return;
    if (after?.state === 'stopped') {
      await noteOnPolicy(
        open,
        policy.name,
        `Stopped for ${service.service_name} on ${place.server_id}. ${after.reason ?? ''}`,
      );
    }
    if (after?.state !== before?.state) await this.#port.tellService(open, place, policyActor(policy.name));
  }

  async #work(): Promise<void> {
    for (const place of await dueIncidents(this.#db, nowOf(this.#clock))) await this.#review(place);
    await this.#arm();
  }

  async #arm(): Promise<void> {
    const next = await nextDue(this.#db);
    if (next === null) return clearTimeout(this.#timer);
    this.#workIn(Math.min(Math.max(0, Date.parse(next) - this.#clock.nowMs()), LONGEST_WAIT_MS));
  }

  #workIn(waitMs: number): void {
    clearTimeout(this.#timer);
    if (this.#isDisposed) return;
    this.#timer = setTimeout(() => {
      this.#working = this.#work().catch((error: unknown) => {
        this.#logger.error({ err: error }, 'automation could not look at what is due');
        this.#workIn(RETRY_MS);
      });
    }, waitMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    await this.#working;
  }
}

const CONCERN = /^(service\.changed|server\.changed|policy\.changed|policy\.removed|freeze\.changed)/;

const ENDS: ReadonlySet<string> = new Set(
  ActionStatus.options.filter(isFinal).map((status) => `action.${status}`),
);

/** Of actions, the end of those that automation has asked for. */
function concerns(event: StoredEvent): boolean {
  if (!event.type.startsWith('action.')) return CONCERN.test(event.type);
  return ENDS.has(event.type) && isPolicyActor(actionIn(event).created_by);
}

const actionIn = (event: StoredEvent) => (JSON.parse(event.dataJson) as EventData<'action.requested'>).action;

const nullIfGone = (error: unknown): null => {
  if (error instanceof Refusal) return null;
  throw error;
};
