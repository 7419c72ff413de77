import {
  abandon,
  type ActionTiming,
  approve,
  assertMayApprove,
  cancel,
  type NamedWish,
  Refusal,
  reject,
  requestAction,
  setFreeze,
} from '@homelabcmd/hub/rules';
import type { Action } from '@homelabcmd/protocol';
import type { Witness } from '../judge/witness.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { SimulatedHub } from '../fleet/hub.ts';
import { SERVICES } from '../fleet/image.ts';
import { Killed } from '../ground/timeline.ts';

export type Deed = 'request' | 'approve' | 'reject' | 'cancel' | 'abandon';

/** What a person was told is done. */
export interface Acknowledged {
  readonly what: Deed;
  readonly orderId: string;
  readonly actor: string;
}

/** How a call ended for the one who made it. */
export type Answer =
  | { readonly kind: 'done'; readonly action: Action }
  | { readonly kind: 'refused'; readonly code: string }
  /** No answer came: it may have been done, or not. */
  | { readonly kind: 'lost' };

/** What an approval is judged by. */
export const decideParts = ({ log }: SimulatedHub, timing: ActionTiming) => ({
  ...{ log, timing, mayApprove: assertMayApprove },
});

const NAMES = ['ann', 'ben', 'cleo'] as const;
const PRESSES = 3;

/** The people of a fleet: they ask, decide, press twice, press again when no answer comes, and change their minds. */
export class People {
  readonly told: Acknowledged[] = [];
  /** What each page shows: pressed later, it may be old. */
  readonly #shown: { readonly actionId: number; readonly digest: string }[] = [];
  readonly #fleet: Fleet;
  readonly #witness: Witness;
  #wishes = 0;
  calls = 0;

  constructor(fleet: Fleet, witness: Witness) {
    this.#fleet = fleet;
    this.#witness = witness;
  }

  /** The store is an older one: what was told before no longer binds it. */
  forget(): void {
    this.told.length = 0;
  }

  /** Somebody wants a restart, and somebody decides. */
  story(): void {
    const { timeline, servers } = this.#fleet;
    const serverId = [...servers.keys()][timeline.between(0, servers.size - 1)] ?? '';
    const name = SERVICES[timeline.between(0, SERVICES.length - 1)] ?? 'plex';
    const serviceName = timeline.happens(0.2) ? `${name}.service` : name;
    const wish = timeline.happens(0.3) ? this.#nameOf(serverId, serviceName) : null;
    this.#ask(this.#someone(), { serverId, serviceName }, wish, PRESSES);
  }

  /** Somebody presses something on a page that may be old. */
  stray(): void {
    const { timeline } = this.#fleet;
    const shown = this.#shown[timeline.between(0, Math.max(0, this.#shown.length - 1))];
    if (shown === undefined) return;
    const deed = (['approve', 'approve', 'reject', 'cancel', 'abandon'] as const)[timeline.between(0, 4)];
    this.decide(deed ?? 'approve', this.#someone(), shown, 1);
  }

  /** Somebody freezes the fleet, or lifts that; pressed until the hub says that it is so. */
  freeze(on: boolean): void {
    const { hub, hubProcess, timeline, later } = this.#fleet;
    const again = () => later(1000, () => this.freeze(on));
    if (hub === null || hubProcess === null) return again();
    timeline.at(hubProcess, timeline.between(1, 20), () => {
      setFreeze(hub.log, this.#someone(), { on }).then(() => timeline.note(`people: freeze ${on}`), again);
    });
    later(5000, () => {
      if (!hubProcess.isAlive) this.freeze(on);
    });
  }

  /** Somebody wants an agent to have another key; pressed until the hub has an answer. */
  renewKey(serverId: string): void {
    const { hub, hubProcess, timeline, later } = this.#fleet;
    const again = () => later(1000, () => this.renewKey(serverId));
    if (hub === null || hubProcess === null) return again();
    timeline.at(hubProcess, timeline.between(1, 20), () => {
      hub.newKeys.ask(hub.log, this.#someone(), serverId).then(
        ({ told }) => timeline.note(`people: a new key for ${serverId}, ${told ? 'told' : 'to be told'}`),
        (error: unknown) => (error instanceof Refusal ? undefined : again()),
      );
    });
    later(5000, () => {
      if (!hubProcess.isAlive) this.renewKey(serverId);
    });
  }

  decide(
    what: Exclude<Deed, 'request'>,
    actor: string,
    { actionId, digest }: { actionId: number; digest: string },
    presses: number,
    after: (action: Action) => void = () => undefined,
  ): void {
    const { timeline } = this.#fleet;
    const given = timeline.happens(0.1) ? undefined : timeline.happens(0.05) ? 'f'.repeat(64) : digest;
    const act = (hub: SimulatedHub): Promise<Action> => {
      if (what === 'reject') return reject(hub.log, actor, actionId, 'not now');
      if (what === 'cancel') return cancel(hub.log, actor, actionId, { onlyOwn: false });
      if (what === 'abandon') return abandon(hub.log, actor, actionId, 'looked at it on the server');
      this.#witness.pressed(actor, actionId, given);
      return approve(decideParts(hub, this.#fleet.options.timing), actor, actionId, given);
    };
    this.call(what, actor, act, (answer) => {
      if (answer.kind === 'done') after(answer.action);
      if (answer.kind === 'lost' && presses > 1)
        this.#fleet.later(timeline.between(300, 3000), () =>
          this.decide(what, actor, { actionId, digest }, presses - 1, after),
        );
    });
  }

  /** Hands a call to the hub that is up, if there is one; the answer is lost when that hub dies first. */
  call(
    what: Deed,
    actor: string,
    act: (hub: SimulatedHub) => Promise<Action>,
    then: (answer: Answer) => void,
  ): void {
    const { hub, hubProcess, timeline } = this.#fleet;
    this.calls += 1;
    let isAnswered = false;
    const answered = (answer: Answer, words: string) => {
      if (isAnswered) return;
      isAnswered = true;
      timeline.note(`${actor}: ${what}: ${words}`);
      if (answer.kind === 'done') this.told.push({ what, orderId: answer.action.order_id, actor });
      this.#fleet.later(0, () => then(answer));
    };
    if (hub === null || hubProcess === null) return answered({ kind: 'lost' }, 'no hub');
    timeline.at(hubProcess, timeline.between(1, 20), () => {
      act(hub).then(
        (action) => {
          if (hubProcess.isAlive) answered({ kind: 'done', action }, `#${action.action_id} ${action.status}`);
        },
        (error: unknown) => {
          if (!hubProcess.isAlive || error instanceof Killed) return;
          if (error instanceof Refusal) answered({ kind: 'refused', code: error.code }, error.code);
          else {
            if (!this.#fleet.hasDiskFailed) this.#witness.onFault(`${what} failed: ${String(error)}`);
            answered({ kind: 'lost' }, 'an error');
          }
        },
      );
    });
    this.#fleet.later(5000, () => answered({ kind: 'lost' }, 'no answer'));
  }

  #ask(
    actor: string,
    target: { serverId: string; serviceName: string },
    wish: NamedWish | null,
    presses: number,
  ): void {
    const { timeline, options } = this.#fleet;
    const ask = { kind: 'restart_service', ...target } as const;
    this.call(
      'request',
      actor,
      (hub) => requestAction(hub.log, options.timing, actor, ask, wish),
      (answer) => {
        if (answer.kind === 'done') this.#decideOn(answer.action);
        // Sent again under its name it is granted once; without one, the open action is in the way.
        if (answer.kind === 'lost' && presses > 1)
          this.#fleet.later(timeline.between(300, 3000), () => this.#ask(actor, target, wish, presses - 1));
        if (answer.kind === 'done' && wish !== null && timeline.happens(0.3))
          this.#ask(actor, target, wish, 1);
      },
    );
  }

  #decideOn({ action_id: actionId, digest }: Action): void {
    const { timeline } = this.#fleet;
    const shown = { actionId, digest };
    this.#shown.push(shown);
    const [waitMs, roll] = [timeline.between(20, 4000), timeline.chance.next()];
    if (roll > 0.92) return;
    const what = roll < 0.78 ? 'approve' : roll < 0.85 ? 'reject' : 'cancel';
    this.#fleet.later(waitMs, () => {
      this.decide(what, this.#someone(), shown, PRESSES, () => {
        if (what === 'approve' && timeline.happens(0.25))
          this.#fleet.later(timeline.between(0, 2500), () =>
            this.decide('cancel', this.#someone(), shown, PRESSES),
          );
      });
      if (timeline.happens(0.15)) this.decide(what, this.#someone(), shown, 1);
    });
  }

  #nameOf(serverId: string, serviceName: string): NamedWish {
    this.#wishes += 1;
    return { principalId: 'key', name: `wish-${this.#wishes}`, digest: `${serverId} ${serviceName}` };
  }

  #someone(): string {
    return NAMES[this.#fleet.timeline.between(0, NAMES.length - 1)] ?? 'ann';
  }
}
