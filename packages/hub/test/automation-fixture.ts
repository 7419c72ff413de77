import type { Action, OrderResult, PolicyWish, ServiceReport } from '@homelabcmd/protocol';
import { targetOf } from '@homelabcmd/protocol';
import { pino } from 'pino';
import { approve } from '../src/actions/decide.ts';
import { receiveResult } from '../src/actions/outcome.ts';
import { requestAction } from '../src/actions/request.ts';
import { readAction } from '../src/actions/rows.ts';
import { transition } from '../src/actions/transition.ts';
import { buildAutomation } from '../src/wiring/automation.ts';
import { deletePolicy, putPolicy } from '../src/policies/change.ts';
import { assertMayApprove } from '../src/policies/two-people.ts';
import { COMPLETED, FACTS } from './agent-fixture.ts';
import { DEFAULT_TIMING } from './hub-fixture.ts';
import { startTestStore, type TestStore } from './store-fixture.ts';

/** The automation of a hub on a store of its own. What follows the log does so when it is told, and no sooner. */
export class TestAutomation implements AsyncDisposable {
  readonly store: TestStore;
  parts: ReturnType<typeof buildAutomation>;
  /** What it has logged. */
  readonly logged: { msg: string; err?: { message: string } }[] = [];
  /** The newest event that everybody has taken in. */
  taken = 0;

  constructor(store: TestStore) {
    this.store = store;
    this.parts = this.#build();
  }

  #build() {
    const { db, log, clock } = this.store;
    const logger = pino({}, { write: (line) => void this.logged.push(JSON.parse(line)) });
    return buildAutomation({ db, log, clock, logger, timing: DEFAULT_TIMING, usageOf: () => undefined });
  }

  /** The hub starts anew, and everybody takes in once more all that has happened, as if nobody had written how far they were. */
  async takeAgain(): Promise<void> {
    await this.#end();
    this.parts = this.#build();
    this.taken = 0;
    await this.settle();
  }

  async #end(): Promise<void> {
    await this.parts.remediation[Symbol.asyncDispose]();
    await this.parts.storm[Symbol.asyncDispose]();
  }

  /** Everybody takes in what has happened, and what comes of it, until nothing more happens. */
  async settle(): Promise<void> {
    const { approver, remediation } = this.parts;
    for (;;) {
      const events = await this.store.log.read(this.taken);
      if (events.length === 0) return;
      await approver.takeAll(events);
      for (const event of events) await remediation.take(event);
      this.taken = events.at(-1)?.id ?? this.taken;
    }
  }

  /** What an agent says of a service. */
  async report(report: ServiceReport, server_id = 'nas'): Promise<void> {
    const target = targetOf(report.unit);
    const values = { report_json: JSON.stringify(report), observed_at: this.store.ago(0) };
    await this.store.db
      .insertInto('services')
      .values({
        ...{ server_id, target, service_name: report.unit.replace('.service', ''), expected: 1, critical: 0 },
        ...{ enabled: 1, revision: 1, ...values },
      })
      .onConflict((conflict) => conflict.columns(['server_id', 'target']).doUpdateSet(values))
      .execute();
    await this.store.within((open) => this.parts.tellService(open, { server_id, target }, 'hub'));
  }

  put(name: string, wish: Partial<PolicyWish> = {}, actor = 'alex') {
    return putPolicy({ log: this.store.log, tellService: this.parts.tellService }, actor, name, {
      ...{ server_id: 'nas', service_name: null, mode: 'auto', expires_at: this.store.ago(-30 * 86_400_000) },
      ...{ hours: null, shadow: false, remediate: false, wait_ms: 30_000, ...wish },
    });
  }

  remove(name: string, actor = 'alex'): Promise<void> {
    return deletePolicy({ log: this.store.log, tellService: this.parts.tellService }, actor, name);
  }

  ask(serviceName = 'plex', actor = 'kim', serverId = 'nas'): Promise<Action> {
    const wish = { kind: 'restart_service' as const, serverId, serviceName };
    return requestAction(this.store.log, DEFAULT_TIMING, actor, wish, null);
  }

  approve(actionId: number, actor = 'kim'): Promise<Action> {
    const { log } = this.store;
    return approve({ log, timing: DEFAULT_TIMING, mayApprove: assertMayApprove }, actor, actionId, undefined);
  }

  action(actionId: number): Promise<Action> {
    return readAction(this.store.db, actionId, this.store.clock.nowMs());
  }

  async stepsOf(actionId: number): Promise<string[]> {
    return (await this.action(actionId)).steps.map(({ step }) => step);
  }

  /** The next legal step of an action, by the hub's own doing. */
  async move(actionId: number, to: Parameters<typeof transition>[2]): Promise<void> {
    await this.store.within(async (open) => {
      const row = await open.tx
        .selectFrom('actions')
        .selectAll()
        .where('action_id', '=', actionId)
        .executeTakeFirstOrThrow();
      await transition(open, { ...row, ran_last_hour: 0 }, to, { actor: 'hub', detail: 'so' });
    });
  }

  /** The order goes out, and its agent says how it ended. */
  async end(actionId: number, result: Partial<OrderResult> = {}): Promise<void> {
    const { server_id, order_id } = await this.action(actionId);
    await this.move(actionId, 'dispatched');
    await receiveResult(this.store.log, server_id, order_id, { ...COMPLETED, ...result });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
    await this.store[Symbol.asyncDispose]();
  }
}

/** Automation of a fleet of one server that is connected. */
export async function startTestAutomation(): Promise<TestAutomation> {
  const store = await startTestStore();
  await store.addServer('nas', { facts_json: JSON.stringify(FACTS) });
  return new TestAutomation(store);
}
