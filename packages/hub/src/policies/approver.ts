import { type Action, type EventData, type Policy, POLICY_ACTOR, policyActor } from '@homelabcmd/protocol';
import { isCursorDue, openCursor, writeCursor } from '../events/cursor.ts';
import type { EventLog, LogTransaction, StoredEvent } from '../events/log.ts';
import { Refusal } from '../lib/refusal.ts';
import { timestamp } from '../lib/clock.ts';
import type { Store } from '../store/schema.ts';
import { tellOfPolicy } from './change.ts';
import { asIfReal, effectiveOf } from './effective.ts';
import { type Hold, holdOf } from './hold.ts';
import { AUTOMATION_LIMITS as LIMITS } from './limits.ts';
import { findPolicy, isAnyPolicy, policyNameOf, sceneOf } from './rows.ts';
import type { StormHalt } from './storm.ts';

const FOLLOWER = 'policies';

/** What this needs of the actions. */
export interface ActionsPort {
  /** Approves exactly what this digest covers. @throws Refusal */
  approve(open: LogTransaction, actor: string, actionId: number, digest: string): Promise<unknown>;
  /** Writes into the time line of an action that waits. */
  note(open: LogTransaction, actionId: number, step: string, actor: string, detail: string): Promise<void>;
  read(open: LogTransaction, actionId: number): Promise<Action>;
  /** Whether only a passkey that root has enrolled on this server can approve anything for it. */
  isSealed(open: LogTransaction, serverId: string): Promise<boolean>;
}

/**
 * Approves by policy: a durable follower of the log. What it does about an event, and how far it has come, are one
 * transaction, so that no event is acted upon twice.
 *
 *   action.requested ─► what holds? ─auto─► guards ─free─► approved, by `policy:<name>`
 *                            │                └─held─► a line in the time line; again when an automatic action has ended
 *                            └─shadow would─► a line in the time line, and a note
 *   an automatic action failed, or is unknown ─► its policy pauses until a person resumes it
 */
export class PolicyApprover {
  readonly #db: Store;
  readonly #log: EventLog;
  readonly #actions: ActionsPort;
  readonly #storm: StormHalt;
  #takenId = 0;

  constructor(db: Store, log: EventLog, actions: ActionsPort, storm: StormHalt) {
    this.#db = db;
    this.#log = log;
    this.#actions = actions;
    this.#storm = storm;
  }

  cursor(): Promise<number> {
    return openCursor(this.#db, FOLLOWER);
  }

  /** When one of them fails, those before it are not taken again. */
  async takeAll(events: readonly StoredEvent[]): Promise<void> {
    let passedId: number | null = null;
    // A policy that is made later says nothing of what was asked for before it.
    const isJudged = events.some(isRequest) && (await isAnyPolicy(this.#db));
    for (const event of events.filter(({ id }) => id > this.#takenId)) {
      if (await this.#take(event, isJudged)) passedId = null;
      else if (isRequest(event) || isCursorDue(event.id)) passedId = event.id;
      this.#takenId = event.id;
    }
    const eventId = passedId;
    if (eventId !== null) await this.#log.transaction(({ tx }) => writeCursor(tx, FOLLOWER, eventId));
  }

  /** @returns whether there was anything to do, with which the cursor went on */
  async #take(event: StoredEvent, isJudged: boolean): Promise<boolean> {
    if (isRequest(event)) {
      if (!isJudged) return false;
      await this.#decide(event, actionIn(event).action_id);
      return true;
    }
    if (!ENDS.has(event.type)) return false;
    const action = actionIn(event);
    const name = policyNameOf(action.approved_by ?? '');
    if (name === null) return false;
    const wentWrong = event.type === 'action.failed' || event.type === 'action.unknown';
    if (wentWrong) await this.#pause(event, name, action);
    const held = await this.#held();
    for (const actionId of held) await this.#decide(event, actionId);
    return wentWrong || held.length > 0;
  }

  #decide(event: StoredEvent, actionId: number): Promise<void> {
    return this.#log.transaction(async (open) => {
      const action = await this.#actions.read(open, actionId).catch(nullIfGone);
      const ageMs = action === null ? 0 : Date.parse(open.now) - Date.parse(action.created_at);
      if (action?.status === 'pending' && ageMs <= LIMITS.decidesWithinMs) await this.#consider(open, action);
      await writeCursor(open.tx, FOLLOWER, event.id);
    });
  }

  async #consider(open: LogTransaction, action: Action): Promise<void> {
    const scene = await sceneOf(open.tx, action.server_id, action.target, Date.parse(open.now));
    const { mode, policy, shadow } = effectiveOf(scene);
    // A policy says nothing of what was asked for before it was made.
    const isFor = (one: Policy) => one.changed_at <= action.created_at;
    if (mode === 'auto' && policy !== null && isFor(policy)) return this.#approve(open, action, policy);
    if (shadow !== null && isFor(shadow) && asIfReal(shadow, scene)?.mode === 'auto')
      await this.#wouldApprove(open, action, shadow);
  }

  async #approve(open: LogTransaction, action: Action, { name }: Policy): Promise<void> {
    const actor = policyActor(name);
    const hold = await this.#holdOf(open, action);
    if (hold !== null) {
      await this.#noteOnce(
        open,
        action,
        hold.untilOneEnds ? 'waits_its_turn' : 'left_to_a_person',
        actor,
        hold.because,
      );
      return;
    }
    try {
      await this.#actions.approve(open, actor, action.action_id, action.digest);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      await this.#noteOnce(open, action, 'left_to_a_person', actor, error.message);
    }
  }

  async #wouldApprove(open: LogTransaction, action: Action, { name }: Policy): Promise<void> {
    const hold = await this.#holdOf(open, action);
    const detail =
      hold === null
        ? 'In shadow: it would have approved this'
        : `In shadow: it would not have approved this. ${hold.because}`;
    if (!(await this.#noteOnce(open, action, 'in_shadow', policyActor(name), detail))) return;
    await noteOnPolicy(open, name, `${detail.replace(' this', ` #${action.action_id}`)}`);
  }

  /** Why a policy does not approve this now: what was asked must be known, within reach, and not systemd's to give up on. */
  async #holdOf(open: LogTransaction, action: Action): Promise<Hold | null> {
    const { server_id, target, expect, verb } = action;
    const leave = (because: string): Hold => ({ because, untilOneEnds: false });
    if (expect === null) return leave('The hub has never seen this service.');
    if (await this.#actions.isSealed(open, server_id))
      return leave(`${server_id} is sealed: a passkey has to sign, and only a person has one.`);
    if (expect.state_class === 'crash_loop') return leave('systemd itself is restarting it.');
    if (verb === 'reset-and-restart')
      return leave('systemd has given up on it, and only a person may clear its start limit.');
    const server = await open.tx
      .selectFrom('servers')
      .select('liveness')
      .where('server_id', '=', server_id)
      .executeTakeFirst();
    if (server?.liveness !== 'online') return leave(`${server_id} is not connected.`);
    return holdOf(open, await this.#storm.check(open), server_id, target);
  }

  async #noteOnce(
    open: LogTransaction,
    action: Action,
    step: string,
    actor: string,
    detail: string,
  ): Promise<boolean> {
    if (action.steps.some((known) => known.step === step && known.actor === actor)) return false;
    await this.#actions.note(open, action.action_id, step, actor, detail);
    return true;
  }

  /** What waits for its turn, oldest first. */
  async #held(): Promise<number[]> {
    const rows = await this.#db
      .selectFrom('action_steps')
      .innerJoin('actions', 'actions.action_id', 'action_steps.action_id')
      .select('actions.action_id')
      .where('actions.status', '=', 'pending')
      .where('action_steps.step', '=', 'waits_its_turn')
      .orderBy('actions.action_id')
      .execute();
    return rows.map((row) => row.action_id);
  }

  #pause(event: StoredEvent, name: string, action: Action): Promise<void> {
    return this.#log.transaction(async (open) => {
      const policy = await findPolicy(open.tx, name, Date.parse(open.now));
      const isNewer = policy !== null && policy.changed_at > event.at;
      if (policy !== null && policy.paused === null && !isNewer) {
        const how = event.type === 'action.failed' ? 'failed' : 'has an unknown outcome';
        await tellOfPolicy(open, 'hub', name, () =>
          open.tx
            .updateTable('policies')
            .set({
              paused_at: open.now,
              paused_because: `Action #${action.action_id} for ${action.service_name} on ${action.server_id} ${how}.`,
            })
            .where('name', '=', name)
            .execute(),
        );
      }
      await writeCursor(open.tx, FOLLOWER, event.id);
    });
  }
}

/** Keeps the newest thing of note with the policy, and tells of it. */
export async function noteOnPolicy(open: LogTransaction, name: string, note: string): Promise<void> {
  await tellOfPolicy(
    open,
    POLICY_ACTOR + name,
    name,
    () =>
      open.tx
        .updateTable('policies')
        .set({ noted_at: timestamp(Date.parse(open.now)), note })
        .where('name', '=', name)
        .execute(),
    'policy.noted',
  );
}

const ENDS: ReadonlySet<StoredEvent['type']> = new Set([
  'action.completed',
  'action.failed',
  'action.unknown',
  'action.refused',
  'action.expired',
  'action.cancelled',
  'action.abandoned',
]);

const isRequest = (event: StoredEvent): boolean => event.type === 'action.requested';

const actionIn = (event: StoredEvent): Action =>
  (JSON.parse(event.dataJson) as EventData<'action.requested'>).action;

const nullIfGone = (error: unknown): null => {
  if (error instanceof Refusal) return null;
  throw error;
};
