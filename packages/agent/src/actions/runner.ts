import type { AgentFrame, AuditHead, Order, OrderResult, OrderStep } from '@homelabcmd/protocol';
import type { Unversioned } from '../link/link.ts';
import type { Log } from '../log.ts';
import { messageOf } from '../log.ts';
import { type AdmitParts, admit } from './admit.ts';
import { ageFrom } from './age.ts';
import { findEvidence } from './evidence.ts';
import { execute, type Ran, ranOrRefused } from './execute.ts';
import type { RestartExecutor } from './executor/executor.ts';
import { type JudgeParts, judge, type Seen } from './judge.ts';
import { type AllowanceParts, assertAllowance, isLikelyToRun } from './guards/allowance.ts';
import { FenceAllowance } from './guards/fences.ts';
import type { Intent, OrderJournal } from './order-journal.ts';
import { emptyResult, Refused, refusedResult } from './refused.ts';
import { snapshotOf } from './snapshot.ts';

export interface RunnerOptions
  extends Omit<AdmitParts, 'reserve'>,
    Omit<JudgeParts, 'signal'>,
    Omit<AllowanceParts, 'journal'> {
  journal: OrderJournal;
  executor: RestartExecutor;
  /** Whether it was approved in the way that this server asks for. @throws Refused */
  assertApproved: (order: Order) => void;
  send: (frame: Unversioned<AgentFrame>) => void;
  log: Log;
}

/** An order at work in this process. */
interface Work {
  /** Canonical unit, once it is known. */
  unit: string | null;
  /** How long ago it came; `null` for one that an earlier process received. */
  ageMs: (() => number) | null;
  /** What the order brought of the hub's audit: it is kept, whatever becomes of the order. */
  audit: AuditHead | null;
  progress: Unversioned<Extract<AgentFrame, { type: 'order_progress' }>> | null;
}

const RECORD_LOST = 'It was carried out, but the agent has lost its record of it.';

/**
 * Carries out orders, each at most once.
 *
 *   order ─► known? ─yes─► answer from the journal, or from the claim
 *              └─no─► approved as this server asks? ─► admit ─► intent on disk ─► executor ─► judge ─► result on disk ─► report until acknowledged
 *                       └─no─► refused ────────────┴──no──► refused ──────┘
 *
 * After a crash, an intent without a result is resolved from the executor's evidence. Nothing here runs an order again.
 */
export class OrderRunner implements Disposable {
  readonly #options: RunnerOptions;
  readonly #work = new Map<string, Work>();
  readonly #stop = new AbortController();
  readonly #fences: FenceAllowance;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#fences = new FenceAllowance(options.uptimeMs);
    for (const intent of options.journal.openIntents()) this.#resolve(intent.order.order_id, intent);
  }

  /** Orders that are at work now. */
  get atWork(): string[] {
    return [...this.#work.keys()];
  }

  /** An order has arrived, perhaps not for the first time. */
  take(order: Order, audit: AuditHead | null = null): void {
    if (this.#answerKnown(order.order_id)) return;
    this.#begin(order.order_id, ageFrom(this.#options.uptimeMs), audit, (work) =>
      this.#carryOut(order, work),
    );
  }

  /** The hub asks what became of these orders. One that was never seen is made impossible first, as far as that is allowed. */
  query(orderIds: readonly string[]): void {
    const { journal, executor, log } = this.#options;
    let passedOver = 0;
    for (const orderId of orderIds) {
      if (this.#answerKnown(orderId)) continue;
      const intent = journal.get(orderId)?.intent ?? null;
      if (intent !== null || executor.claim(orderId) !== null || this.#fences.take())
        this.#resolve(orderId, intent);
      else passedOver += 1;
    }
    if (passedOver > 0) log('warn', 'the hub asks about too many orders that never came', { passedOver });
  }

  acknowledged(orderId: string): void {
    try {
      this.#options.journal.writeAcknowledged(orderId);
    } catch (cause) {
      this.#options.log('warn', 'an acknowledgement could not be written down', {
        orderId,
        problem: messageOf(cause),
      });
    }
  }

  /** The link is up anew: says what the hub may have missed. */
  reportAll(): void {
    for (const { orderId, result } of this.#options.journal.unacknowledged()) this.#report(orderId, result);
    for (const { progress } of this.#work.values()) if (progress !== null) this.#options.send(progress);
  }

  #answerKnown(orderId: string): boolean {
    const result = this.#options.journal.get(orderId)?.result ?? null;
    if (result !== null) this.#report(orderId, result);
    const work = this.#work.get(orderId);
    if (work?.progress) this.#options.send(work.progress);
    return result !== null || work !== undefined;
  }

  /** Finds out how an order ended that this process did not run to its end. */
  #resolve(orderId: string, intent: Intent | null): void {
    this.#begin(orderId, null, null, (work) => this.#outcomeOf(orderId, intent, work));
  }

  async #outcomeOf(orderId: string, intent: Intent | null, work: Work): Promise<OrderResult> {
    const ran = ranOrRefused(await findEvidence(orderId, this.#evidenceParts()));
    if (intent === null) return { ...emptyResult, outcome: 'unknown', detail: RECORD_LOST };
    work.unit = intent.unit;
    return this.#judge(ran, intent.order, intent.unit, intent.before, { jobResult: null, invocationId: '' });
  }

  #begin(
    orderId: string,
    ageMs: Work['ageMs'],
    audit: AuditHead | null,
    act: (work: Work) => Promise<OrderResult>,
  ): void {
    const work: Work = { unit: null, ageMs, audit, progress: null };
    this.#work.set(orderId, work);
    act(work)
      .catch((cause: unknown) => {
        if (cause instanceof Refused) return refusedResult(cause, {});
        throw cause;
      })
      .then((result) => this.#finish(orderId, result))
      .catch((cause: unknown) => {
        // The intent stays open: evidence is sought when the hub asks, or at the next start.
        if (!this.#stop.signal.aborted)
          this.#options.log('error', 'an order could not be brought to its end', {
            orderId,
            problem: messageOf(cause),
          });
      })
      .finally(() => this.#work.delete(orderId));
  }

  async #finish(orderId: string, result: OrderResult): Promise<void> {
    const { ageMs = null, audit = null } = this.#work.get(orderId) ?? {};
    let whole: OrderResult = {
      ...result,
      elapsed_ms: ageMs === null ? null : ageMs(),
    };
    this.#options.log('info', 'an order has ended', { orderId, outcome: whole.outcome, code: whole.code });
    try {
      this.#options.journal.writeResult(orderId, whole, audit);
    } catch (cause) {
      this.#options.log('error', 'a result could not be written down', {
        orderId,
        problem: messageOf(cause),
      });
      // A refusal holds for ever. What the journal cannot keep the claim must, or the same order could run later.
      if (
        whole.outcome === 'refused' &&
        (await findEvidence(orderId, this.#evidenceParts())).kind !== 'never'
      )
        whole = { ...whole, outcome: 'unknown', code: null, detail: RECORD_LOST };
    }
    this.#report(orderId, whole);
  }

  async #carryOut(order: Order, work: Work): Promise<OrderResult> {
    const { order_id: orderId } = order;
    const { journal, observers, log, executor } = this.#options;
    const begun = journal.get(orderId)?.intent ?? null;
    // The claim outlives the journal: an order that may have run is asked about, and is not judged anew.
    if (begun !== null || executor.claim(orderId) !== null) return this.#outcomeOf(orderId, begun, work);
    this.#options.assertApproved(order);
    // systemd starts the script while the order is judged; nothing is asked of it until the intent is on disk. Each line is
    // a process of root's, so none is opened for what cannot get that far: a hub could send such orders without end.
    using lines = new DisposableStack();
    const early = isLikelyToRun(order, this.#options) ? lines.use(executor.open()) : null;
    const { unit, before } = await admit(order, work.ageMs ?? ageFrom(this.#options.uptimeMs), {
      ...this.#options,
      reserve: (id, name) => this.#reserve(id, name),
    });
    const beforeSnapshot = snapshotOf(before, this.#options.memoryOf(before));
    // Nothing comes between this count and the intent that is counted next.
    const uptimeMs = assertAllowance(order, unit, this.#options);
    try {
      journal.writeIntent({
        ...{ order, unit, before: beforeSnapshot, audit: work.audit },
        ...{ boot_id: this.#options.bootId, uptime_ms: uptimeMs },
      });
    } catch (cause) {
      throw new Refused(
        'journal_error',
        `The agent could not write the order down, so it did not run: ${messageOf(cause)}`,
      );
    }
    log('info', 'an order begins', { orderId, unit, verb: order.verb });
    const seen: Seen = { jobResult: null, invocationId: '' };
    using _observing = observers.observe(unit, {
      state: () => undefined,
      invocation: (invocationId) => {
        if (invocationId !== before.invocationId) seen.invocationId = invocationId;
      },
      job: (result) => {
        seen.jobResult = result;
      },
    });
    let startedAt = performance.now();
    const parts = {
      ...this.#evidenceParts(),
      line: early ?? lines.use(executor.open()),
      onStarted: () => {
        startedAt = performance.now();
        this.#progress(orderId, 'started', 'Claimed on the disk of the server, then handed to systemd');
      },
    };
    try {
      const ran = await execute(order, unit, parts);
      const ranMs = performance.now() - startedAt;
      const result = await this.#judge(ran, order, unit, beforeSnapshot, seen);
      return { ...result, ran_ms: ranMs };
    } catch (cause) {
      if (cause instanceof Refused) return refusedResult(cause, { before: beforeSnapshot });
      throw cause;
    }
  }

  #judge(
    ran: Ran,
    order: Order,
    unit: string,
    before: OrderResult['before'],
    seen: Readonly<Seen>,
  ): Promise<OrderResult> {
    const { order_id: orderId, kind, settle_ms: settleMs, probe } = order;
    const then = probe === null ? '' : ', and then answer';
    if (ran.kind === 'ran') this.#progress(orderId, 'systemctl_done', `exit code ${ran.exitCode}`);
    return judge(
      ran,
      {
        kind,
        unit,
        before,
        settleMs,
        probe,
        seen,
        onVerifying: () =>
          this.#progress(orderId, 'verifying', `It is up, and must stay so for ${settleMs / 1000} s${then}`),
      },
      { ...this.#options, signal: this.#stop.signal },
    );
  }

  #reserve(orderId: string, unit: string): boolean {
    for (const [other, work] of this.#work) if (other !== orderId && work.unit === unit) return false;
    for (const intent of this.#options.journal.openIntents())
      if (intent.order.order_id !== orderId && intent.unit === unit) return false;
    const work = this.#work.get(orderId);
    if (work !== undefined) work.unit = unit;
    return true;
  }

  #progress(orderId: string, step: OrderStep, detail: string): void {
    const work = this.#work.get(orderId);
    if (work === undefined) return;
    const elapsed_ms = work.ageMs === null ? 0 : work.ageMs();
    work.progress = { type: 'order_progress', order_id: orderId, step, elapsed_ms, detail };
    this.#options.send(work.progress);
  }

  #report(orderId: string, result: OrderResult): void {
    this.#options.send({ type: 'order_result', order_id: orderId, result });
  }

  #evidenceParts() {
    const { executor, bootId, log } = this.#options;
    return { executor, bootId, log, signal: this.#stop.signal };
  }

  [Symbol.dispose](): void {
    this.#stop.abort();
  }
}
