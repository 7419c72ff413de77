import type { Claim, ExecutorAnswer, ExecutorLine, RestartExecutor } from '@homelabcmd/agent';
import type { ActionVerb } from '@homelabcmd/protocol';
import type { FakeSystemd } from './fake-systemd.ts';

/** What each verb of the script does to a service. */
const EFFECTS: { readonly [V in ActionVerb]: (systemd: FakeSystemd, unit: string) => void } = {
  restart: (systemd, unit) => systemd.start(unit),
  'reset-and-restart': (systemd, unit) => systemd.start(unit),
};

/**
 * The restart script and its claims folder in memory: it claims before it runs, once and for ever, as the real one does.
 * It outlives the agent that asks it, so that an agent can be ended and started again beside it.
 */
export class FakeExecutor implements RestartExecutor {
  readonly #systemd: FakeSystemd;
  readonly #bootId: string;
  readonly #claims = new Map<string, Claim>();
  readonly #exits = new Map<string, PromiseWithResolvers<void>>();

  constructor(systemd: FakeSystemd, bootId: string) {
    this.#systemd = systemd;
    this.#bootId = bootId;
  }

  problem(): string | null {
    return null;
  }

  open(): ExecutorLine {
    return {
      ask: (verb, orderId, unit) => this.#ask(verb, orderId, unit),
      [Symbol.dispose]: () => undefined,
    };
  }

  async *#ask(verb: ActionVerb | 'fence', orderId: string, unit: string): AsyncGenerator<ExecutorAnswer> {
    const known = this.#claims.get(orderId);
    if (known) {
      if (known.exitCode !== null) yield { kind: 'done', exitCode: known.exitCode };
      else yield { kind: known.verb === 'fence' ? 'fenced' : 'claimed' };
      return;
    }
    const claim: Claim = { verb, boot: this.#bootId, exitCode: null, output: '' };
    this.#claims.set(orderId, claim);
    if (verb === 'fence') {
      yield { kind: 'fenced' };
      return;
    }
    yield { kind: 'started' };
    EFFECTS[verb](this.#systemd, unit);
    claim.exitCode = 0;
    this.#exits.get(orderId)?.resolve();
    yield { kind: 'done', exitCode: 0 };
  }

  claim(orderId: string): Claim | null {
    return this.#claims.get(orderId) ?? null;
  }

  async waitForExit(orderId: string, signal: AbortSignal): Promise<Claim | null> {
    const claim = this.claim(orderId);
    if (claim?.exitCode !== null) return claim;
    const exit = this.#exits.get(orderId) ?? Promise.withResolvers<void>();
    this.#exits.set(orderId, exit);
    signal.addEventListener('abort', () => exit.resolve(), { once: true });
    await exit.promise;
    return this.claim(orderId);
  }

  everClaimed(): boolean {
    return true;
  }
}
