import { setTimeout } from 'node:timers/promises';
import type { JournalReader, SystemdSession, UnitState } from '../systemd/port.ts';
import type { SystemdKeeper } from '../systemd/keeper.ts';
import type { UnitObservers } from '../systemd/unit-observers.ts';
import {
  ACTION_KINDS,
  type ActionKind,
  type OrderResult,
  type Probe,
  type ServiceSnapshot,
} from '@homelabcmd/protocol';
import { maskSecrets } from '../systemd/mask.ts';
import { cut } from '../text.ts';
import type { Ran } from './execute.ts';
import type { KindConduct } from './kinds/kind.ts';
import { KINDS } from './kinds/registry.ts';
import { type AskProbe, failureOfProbe } from './prove.ts';
import { emptyResult } from './refused.ts';
import { snapshotOf } from './snapshot.ts';
import { type Failure, failureOfCommand, failureWhileSettling, isOneShotDone } from './verify.ts';

export interface JudgeParts {
  keeper: SystemdKeeper;
  observers: UnitObservers;
  readJournal: JournalReader;
  memoryOf: (state: UnitState) => number | null;
  askProbe: AskProbe;
  signal: AbortSignal;
}

/**
 * What systemd has told of the unit since the order began. It grows while the order is judged: the script's answer comes on
 * another connection and may overtake systemd's signals, and only a reading of the unit comes after all that they said.
 */
export interface Seen {
  /** systemd's word for how the job ended, where it was heard. */
  jobResult: string | null;
  /** The newest invocation, empty for none: a one-shot service that was unloaded has forgotten it. */
  invocationId: string;
}

export interface Case {
  kind: ActionKind;
  unit: string;
  before: ServiceSnapshot | null;
  settleMs: number;
  probe: Probe | null;
  seen: Readonly<Seen>;
  onVerifying: () => void;
}

const WAIT_FOR_SYSTEMD_MS = 60_000;
const MAX_OUTPUT = 16_384;

/**
 * Judges how an order that ran ended: systemctl's exit code, then the service's state, then that state throughout the
 * settle time, then the answer to its probe.
 */
export async function judge(ran: Ran, about: Case, parts: JudgeParts): Promise<OrderResult> {
  const { before } = about;
  const kind = KINDS[about.kind];
  if (ran.kind === 'lost') return { ...emptyResult, outcome: 'unknown', detail: ran.detail, before };
  const evidence = {
    ...emptyResult,
    exit_code: ran.exitCode,
    output: cut(maskSecrets(ran.output), MAX_OUTPUT),
    before,
  };
  const session = await parts.keeper.sessionWithin(WAIT_FOR_SYSTEMD_MS);
  parts.signal.throwIfAborted();
  if (session === null)
    return {
      ...evidence,
      outcome: 'unknown',
      detail: 'The order ran, but systemd cannot be asked how it ended.',
    };
  const state = await session.read(about.unit);
  const invocationId = state.invocationId || about.seen.invocationId;
  const atOnce =
    ran.exitCode === 0
      ? kind.failureAfterCommand(state, invocationId, before?.invocation_id ?? '')
      : failureOfCommand(
          ACTION_KINDS[about.kind].imperative.toLowerCase(),
          state,
          about.seen.jobResult,
          ran.output,
        );
  const settled = atOnce === null ? await verify(state, about, parts) : { failure: atOnce, state };
  const journal = await parts
    .readJournal(about.unit, settled.state.invocationId || invocationId, 50)
    .catch(() => []);
  return {
    ...evidence,
    outcome: settled.failure === null ? 'completed' : 'failed',
    code: settled.failure?.code.slice(0, 64) ?? null,
    detail: cut(settled.failure?.detail ?? successOf(kind, state), 500),
    after: snapshotOf(settled.state, parts.memoryOf(settled.state)),
    journal: journal.map(({ at, identifier, message }) => ({ at, identifier, message })),
  };
}

const successOf = (kind: KindConduct, state: UnitState): string =>
  isOneShotDone(state) ? 'It ran and ended without an error.' : kind.success;

interface Verified {
  failure: Failure;
  state: UnitState;
}

/**
 * The service must stay as it is for the settle time, and then answer its probe, if it has one. It is watched by
 * signals until the end; one last reading makes sure that none was missed. A one-shot service that is over has nothing
 * to stay.
 */
async function verify(start: UnitState, about: Case, parts: JudgeParts): Promise<Verified> {
  const isOver = isOneShotDone(start);
  const failureNow = (state: UnitState) => (isOver ? null : failureWhileSettling(start, state));
  if (!isOver) about.onVerifying();
  const down = Promise.withResolvers<Verified>();
  using _observing = parts.observers.observe(about.unit, {
    state: (state) => {
      const failure = failureNow(state);
      if (failure !== null) down.resolve({ failure, state });
    },
    invocation: () => undefined,
    job: () => undefined,
  });
  const end = new AbortController();
  const signal = AbortSignal.any([parts.signal, end.signal]);
  const toTheEnd = async (): Promise<Verified> => {
    if (!isOver) await setTimeout(about.settleMs, undefined, { signal });
    const silence = about.probe === null ? null : await failureOfProbe(about.probe, parts.askProbe, signal);
    const state = isOver ? start : await lastReading(about.unit, parts);
    return { failure: failureNow(state) ?? silence, state };
  };
  try {
    return await Promise.race([down.promise, toTheEnd()]);
  } finally {
    end.abort();
  }
}

async function lastReading(unit: string, parts: JudgeParts): Promise<UnitState> {
  for (;;) {
    const session: SystemdSession | null = await parts.keeper.sessionWithin(WAIT_FOR_SYSTEMD_MS);
    parts.signal.throwIfAborted();
    if (session === null) throw new Error('systemd cannot be asked how the order ended');
    try {
      return await session.read(unit);
    } catch (cause) {
      if (parts.keeper.session === session) throw cause;
    }
  }
}
