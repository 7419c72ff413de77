import type { UnitState } from './port.ts';

export interface UnitObserver {
  state(state: UnitState): void;
  /** systemd began a run of the unit, told also of a unit that nothing is known of: one that is loaded only while it runs. */
  invocation(invocationId: string): void;
  /** A job of the unit ended; systemd's own word for how. */
  job(result: string): void;
}

/** Those who follow single units for a while, such as an order that watches what it did. */
export class UnitObservers {
  readonly #byUnit = new Map<string, Set<UnitObserver>>();

  observe(unit: string, observer: UnitObserver): Disposable {
    const observers = this.#byUnit.get(unit) ?? new Set();
    this.#byUnit.set(unit, observers.add(observer));
    return {
      [Symbol.dispose]: () => {
        observers.delete(observer);
        if (observers.size === 0 && this.#byUnit.get(unit) === observers) this.#byUnit.delete(unit);
      },
    };
  }

  tellState(unit: string, state: UnitState): void {
    for (const observer of this.#byUnit.get(unit) ?? []) observer.state(state);
  }

  tellInvocation(unit: string, invocationId: string): void {
    for (const observer of this.#byUnit.get(unit) ?? []) observer.invocation(invocationId);
  }

  tellJob(unit: string, result: string): void {
    for (const observer of this.#byUnit.get(unit) ?? []) observer.job(result);
  }
}
