import type { ExpectedUnit, Probe, ProbeReport } from '@homelabcmd/protocol';
import type { AllowList } from '../services/rules/allow-file.ts';
import { statusOf } from '../services/status.ts';
import type { UnitState } from '../systemd/port.ts';
import { type Answer, targetOf, textOf } from './answer.ts';
import { askProbe } from './ask.ts';
import { Prober } from './prober.ts';
import { AskQueue } from './queue.ts';

export interface ServiceProbesOptions {
  /** The root-owned file that lists targets besides this machine's own. */
  targets: AllowList;
  /** The report of this expected unit has changed. */
  onChange: (unit: string) => void;
  random?: () => number;
}

/** The probes of all services on this server, by the name under which each is expected. */
export class ServiceProbes implements Disposable {
  readonly #options: ServiceProbesOptions;
  readonly #probers = new Map<string, Prober>();
  readonly #queue = new AskQueue();
  #targets: AllowList;

  constructor(options: ServiceProbesOptions) {
    this.#options = options;
    this.#targets = options.targets;
  }

  /** Takes over what the hub wants asked. A probe that is as before goes on as it was. */
  expect(expected: readonly ExpectedUnit[]): void {
    const wanted = new Map(expected.map(({ unit, probe }) => [unit, probe]));
    for (const [unit, prober] of this.#probers) {
      if (isSame(prober.probe, wanted.get(unit) ?? null)) continue;
      prober[Symbol.dispose]();
      this.#probers.delete(unit);
    }
    for (const [unit, probe] of wanted) {
      if (probe === null || this.#probers.has(unit)) continue;
      const prober = new Prober(probe, {
        ask: (asked, stop) => this.#ask(asked, stop, false),
        onChange: () => this.#options.onChange(unit),
        random: this.#options.random ?? Math.random,
      });
      this.#probers.set(unit, prober);
    }
  }

  /**
   * What is known of a unit that is expected under `name`, given its state now; `null` where nobody asked for a
   * probe. A state that belongs to another run than the last one begins the verdict anew.
   */
  reportOf(name: string, state: UnitState): ProbeReport | null {
    const prober = this.#probers.get(name);
    if (prober === undefined) return null;
    const status = statusOf(state);
    prober.follow(status === 'running' || status === 'reloading' ? state.invocationId : null);
    return prober.report;
  }

  /** The file of targets has been read anew. */
  targetsRead(targets: AllowList): void {
    const before = this.#targets;
    this.#targets = targets;
    if (textOfList(before) === textOfList(targets)) return;
    for (const prober of this.#probers.values()) prober.askSoon();
  }

  /** Asks for an order, which waits for the answer. @throws when `stop` is aborted */
  askOnce(probe: Probe, stop: AbortSignal): Promise<Answer> {
    return this.#ask(probe, stop, true);
  }

  #ask(probe: Probe, stop: AbortSignal, urgent: boolean): Promise<Answer> {
    return this.#queue.run(textOf(targetOf(probe)), urgent, () => askProbe(probe, this.#targets, stop));
  }

  [Symbol.dispose](): void {
    for (const prober of this.#probers.values()) prober[Symbol.dispose]();
    this.#probers.clear();
  }
}

const isSame = (a: Probe, b: Probe | null): boolean => JSON.stringify(a) === JSON.stringify(b);

const textOfList = ({ lines, problem }: AllowList): string => JSON.stringify([[...lines], problem]);
