import type { ProbeReport, ServiceReport } from '@homelabcmd/protocol';
import { expectedUnitOf } from '@homelabcmd/protocol';
import type { Log } from '../log.ts';
import type { JournalReader, SystemdPort, SystemdSession, UnitState } from '../systemd/port.ts';
import { ServiceBook } from './book.ts';
import { lookAtGroups } from './around/groups.ts';
import { JournalQueue } from './journals.ts';
import { Moments } from './moments.ts';
import { applyState, type ServiceRecord, withoutUsage } from './record.ts';
import { ServiceReader } from './reader.ts';
import { changesWithTime, endedRun, reportOf, type ReportContext } from './report.ts';
import { restartableOf, type RestartRules } from './rules/restartable.ts';
import { SystemdKeeper } from '../systemd/keeper.ts';
import { UnitObservers } from '../systemd/unit-observers.ts';

export interface ServiceWatchOptions {
  systemd: SystemdPort;
  readJournal: JournalReader;
  rules: () => RestartRules;
  /** What the probe of an expected unit says, given the state that is about to be told. */
  probeOf: (name: string, state: UnitState) => ProbeReport | null;
  log: Log;
  /** New or changed reports; `complete` when they are all there are. */
  onReports: (reports: ServiceReport[], complete: boolean) => void;
  /** A session came or went. */
  onSystemd: () => void;
}

const RECONCILE_MS = 30_000;
/** The second signal of a change comes at once; where it does not, the first is told alone. */
const REST_OF_CHANGE_MS = 20;
const SWEEP_MS = 200;
const LIST_MS = 100;
const RELOADED_MS = 300;

/**
 * Follows every service of this server and tells each change when it happens.
 *
 *   signal ──► record ──► report, at once ──► journal lines, in a later report
 *   every 30 s, after a daemon-reload, after a new session: list ──► read what differs ──► reports
 */
export class ServiceWatch implements AsyncDisposable {
  readonly #book = new ServiceBook();
  readonly #keeper: SystemdKeeper;
  readonly #journals: JournalQueue;
  readonly #reader: ServiceReader;
  readonly #observers = new UnitObservers();
  readonly #options: ServiceWatchOptions;
  readonly #dirty = new Set<string>();
  #sweptRules = '';
  readonly #moments = new Moments<'rest' | 'sweep' | 'list' | 'reloaded' | 'reconcile'>();
  #flushing = false;
  #removed = false;
  #reloading = false;
  #ready = false;
  #ended = false;

  constructor(options: ServiceWatchOptions) {
    this.#options = options;
    this.#reader = new ServiceReader(
      this.#book,
      (record) => this.#touch(record.state.id),
      (removed, whole, othersChanged) => this.#listed(removed, whole, othersChanged),
    );
    this.#journals = new JournalQueue(
      options.readJournal,
      (unit, journal) => {
        const record = this.#book.records.get(unit);
        if (record === undefined) return;
        record.journal = journal;
        this.#touch(unit);
      },
      options.log,
    );
    this.#keeper = new SystemdKeeper(
      options.systemd,
      {
        connected: (session) => this.#connected(session),
        unavailable: () => {
          this.#reloading = false;
          options.onSystemd();
        },
        changed: (unit, change, whole) => this.#changed(unit, change, whole),
        loaded: (unit) => {
          if (!this.#reloading && this.#book.isKept(unit))
            this.#moments.later('list', LIST_MS, () => this.#reader.reconcile(false));
        },
        unloaded: (unit) => this.#unloaded(unit),
        jobEnded: (unit, result) => this.#jobEnded(unit, result),
        reloading: (active) => this.#reloaded(active),
      },
      options.log,
    );
  }

  /** Whether all services have been read at least once. */
  get ready(): boolean {
    return this.#ready;
  }

  get keeper(): SystemdKeeper {
    return this.#keeper;
  }

  get observers(): UnitObservers {
    return this.#observers;
  }

  get records(): ReadonlyMap<string, ServiceRecord> {
    return this.#book.records;
  }

  /** Says which units someone expects: they are looked up by name even when systemd has not loaded them. */
  expect(units: readonly string[]): void {
    const known = new Set(units.filter((unit) => expectedUnitOf(unit) === unit));
    this.#removed = this.#book.expect(known) || this.#removed;
    this.#moments.later('sweep', SWEEP_MS, () => this.#sweep());
    void this.#reader.reconcile(true);
  }

  /** The probe of a unit, by the name under which it is expected, says something else now. */
  probeChanged(name: string): void {
    this.#touch(this.#book.idOf(name));
  }

  /** Looks at what the kernel alone says of the services that someone expects. */
  lookAtGroups(root: string): void {
    const expected = [...this.#book.records.values()].filter(({ state }) => this.#book.isExpected(state.id));
    for (const unit of lookAtGroups(root, expected)) this.#touch(unit);
  }

  /** The files that say what may be restarted, and whose lines are shown, may have changed. */
  rulesChanged(): void {
    for (const { state, journal } of this.#book.records.values())
      if (journal?.withheld) this.#journals.again(state.id, journal.invocationId);
    const rules = textOfRules(this.#options.rules());
    if (rules === this.#sweptRules) return;
    this.#sweptRules = rules;
    this.#sweep();
  }

  /** Tells everything, for a hub that may know nothing. */
  tellAll(): void {
    if (!this.#ready) return;
    this.#removed = false;
    this.#dirty.clear();
    const reports = [...this.#book.records.values()].flatMap((record) => this.#reports(record, false));
    this.#options.onReports(reports, true);
  }

  #connected(session: SystemdSession): void {
    this.#reader.session = session;
    this.#options.onSystemd();
    void this.#reader.readAll();
    this.#moments.later('reconcile', RECONCILE_MS, () => this.#reconcile());
  }

  /** What changes is told when it does; what becomes other only because time passes is looked at here. */
  #reconcile(): void {
    void this.#reader.reconcile(true);
    const now = performance.now();
    if (this.#ready)
      this.#tell([...this.#book.records.values()].filter((record) => changesWithTime(record, now)));
    this.#moments.later('reconcile', RECONCILE_MS, () => this.#reconcile());
  }

  #changed(unit: string, change: Partial<UnitState>, whole: boolean): void {
    if (!this.#book.isKept(unit)) return;
    if (change.invocationId) this.#observers.tellInvocation(unit, change.invocationId);
    const record = this.#book.records.get(unit);
    if (record === undefined || !record.loaded) {
      if (record !== undefined) record.loaded = true;
      void this.#reader.read([unit], true);
    }
    if (record === undefined) return;
    applyState(record, change, whole, performance.now());
    this.#dirty.add(unit);
    if (!whole) {
      this.#moments.later('rest', REST_OF_CHANGE_MS, () => this.#flush());
      return;
    }
    this.#observers.tellState(unit, record.state);
    this.#flushSoon();
  }

  #jobEnded(unit: string, result: string): void {
    this.#observers.tellJob(unit, result);
    const record = this.#book.records.get(unit);
    if (record === undefined || record.dependencyFailed === (result === 'dependency')) return;
    record.dependencyFailed = result === 'dependency';
    this.#touch(unit);
  }

  #unloaded(unit: string): void {
    if (this.#reloading || !this.#book.unload(unit)) return;
    this.#removed = true;
    this.#moments.later('sweep', SWEEP_MS, () => this.#sweep());
  }

  /** A daemon-reload unloads and loads every unit; what matters is what is there when it is over. */
  #reloaded(active: boolean): void {
    this.#reloading = active;
    if (!active) this.#moments.later('reloaded', RELOADED_MS, () => this.#reader.readAll());
  }

  #listed(removed: boolean, whole: boolean, othersChanged: boolean): void {
    this.#removed ||= removed;
    if (whole && !this.#ready) {
      this.#ready = true;
      this.tellAll();
    } else if (removed || othersChanged) this.#sweep();
  }

  #touch(unit: string): void {
    this.#dirty.add(unit);
    this.#flushSoon();
  }

  /** All signals that have arrived together are taken in first, then told in one frame. */
  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    queueMicrotask(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (!this.#ready || this.#ended) return;
    const records = [...this.#dirty].flatMap((unit) => this.#book.records.get(unit) ?? []);
    this.#dirty.clear();
    this.#tell(records.filter((record) => !record.aboutToStart));
    // What else depends on these (who restarts with whom) can wait a moment.
    this.#moments.later('sweep', SWEEP_MS, () => this.#sweep());
  }

  #sweep(): void {
    if (!this.#ready || this.#ended) return;
    if (this.#removed) this.tellAll();
    else this.#tell([...this.#book.records.values()]);
  }

  /** A name is taken back by the frame that brings the other: nobody is to see one service twice, even for a moment. */
  #tell(records: readonly ServiceRecord[]): void {
    if (records.some((record) => this.#book.isToldOtherwise(record))) return this.tellAll();
    const reports = records.flatMap((record) => this.#reports(record, true));
    if (reports.length > 0) this.#options.onReports(reports, false);
  }

  #reports(record: ServiceRecord, changedOnly: boolean): ServiceReport[] {
    const now = performance.now();
    const rules = this.#options.rules();
    const context: ReportContext = {
      now,
      restartable: (unit, loadState) => restartableOf(unit, loadState, rules),
      neighbours: this.#book,
      probeOf: this.#options.probeOf,
    };
    this.#wantJournal(record, now);
    if (!changedOnly) record.sent.clear();
    return this.#book.namesOf(record.state.id).flatMap((name) => {
      const report = reportOf(record, name, context);
      const text = withoutUsage(report);
      if (changedOnly && record.sent.get(name) === text) return [];
      record.sent.set(name, text);
      return [report];
    });
  }

  #wantJournal(record: ServiceRecord, now: number): void {
    const { id } = record.state;
    const run = endedRun(record, now);
    if (run === null) this.#journals.forget(id);
    else if (record.journal?.invocationId !== run.invocationId) this.#journals.want(id, run.invocationId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    this.#moments[Symbol.dispose]();
    this.#journals[Symbol.dispose]();
    this.#reader.session = null;
    await this.#keeper[Symbol.asyncDispose]();
  }
}

const textOfRules = ({ allow, lockout, ...others }: RestartRules): string =>
  JSON.stringify([allow, [...allow.lines], lockout, [...lockout.lines], others]);
