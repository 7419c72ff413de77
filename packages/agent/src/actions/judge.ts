import type { JournalReader, SystemdSession, UnitState } from '../systemd/port.ts';
import type { SystemdKeeper } from '../systemd/keeper.ts';
import type { UnitObservers } from '../systemd/unit-observers.ts';
import type { OrderResult, ServiceSnapshot } from '@homelabcmd/protocol';
import { maskSecrets } from '../systemd/mask.ts';
import { cut } from '../text.ts';
import type { Ran } from './execute.ts';
import { emptyResult } from './refused.ts';
import { snapshotOf } from './snapshot.ts';
import {
  type Failure,
  failureAfterCommand,
  failureOfCommand,
  failureWhileSettling,
  isOneShotDone,
} from './verify.ts';

export interface JudgeParts {
  keeper: SystemdKeeper;
  observers: UnitObservers;
  readJournal: JournalReader;
  memoryOf: (state: UnitState) => number | null;
  signal: AbortSignal;
}

export interface Case {
  unit: string;
  before: ServiceSnapshot | null;
  settleMs: number;
  /** systemd's word for how the job ended, where it was heard. */
  jobResult: string | null;
  /** The newest invocation that was seen since the order: a one-shot service that was unloaded has forgotten it. */
  seenInvocationId: string;
  onVerifying: () => void;
}

const WAIT_FOR_SYSTEMD_MS = 60_000;
const MAX_OUTPUT = 16_384;

/**
 * Judges how a restart that ran ended: systemctl's exit code, then the service's state, then that state throughout the
 * settle time.
 */
export async function judge(ran: Ran, about: Case, parts: JudgeParts): Promise<OrderResult> {
  const { before } = about;
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
      detail: 'The restart ran, but systemd cannot be asked how it ended.',
    };
  const state = await session.read(about.unit);
  const invocationId = state.invocationId || about.seenInvocationId;
  const atOnce =
    ran.exitCode === 0
      ? failureAfterCommand(state, invocationId, before?.invocation_id ?? '')
      : failureOfCommand(state, about.jobResult, ran.output);
  const settled =
    atOnce === null && !isOneShotDone(state) ? await settle(state, about, parts) : { failure: atOnce, state };
  const journal = await parts.readJournal(settled.state.invocationId || invocationId, 50).catch(() => []);
  return {
    ...evidence,
    outcome: settled.failure === null ? 'completed' : 'failed',
    code: settled.failure?.code.slice(0, 64) ?? null,
    detail: cut(settled.failure?.detail ?? successOf(state), 500),
    after: snapshotOf(settled.state, parts.memoryOf(settled.state)),
    journal: journal.map(({ at, identifier, message }) => ({ at, identifier, message })),
  };
}

const successOf = (state: UnitState): string =>
  isOneShotDone(state) ? 'It ran and ended without an error.' : 'It was restarted and stayed up.';

/** Watches by signals; one last reading at the end makes sure that none was missed. */
async function settle(
  start: UnitState,
  about: Case,
  parts: JudgeParts,
): Promise<{ failure: Failure; state: UnitState }> {
  about.onVerifying();
  const { promise, resolve } = Promise.withResolvers<{ failure: Failure; state: UnitState } | null>();
  using _observing = parts.observers.observe(about.unit, {
    state: (state) => {
      const failure = failureWhileSettling(start, state);
      if (failure !== null) resolve({ failure, state });
    },
    job: () => undefined,
  });
  const timer = setTimeout(resolve, about.settleMs, null);
  const aborted = () => resolve(null);
  parts.signal.addEventListener('abort', aborted, { once: true });
  const seen = await promise;
  clearTimeout(timer);
  parts.signal.removeEventListener('abort', aborted);
  parts.signal.throwIfAborted();
  if (seen !== null) return seen;
  const state = await lastReading(about.unit, parts);
  return { failure: failureWhileSettling(start, state), state };
}

async function lastReading(unit: string, parts: JudgeParts): Promise<UnitState> {
  for (;;) {
    const session: SystemdSession | null = await parts.keeper.sessionWithin(WAIT_FOR_SYSTEMD_MS);
    parts.signal.throwIfAborted();
    if (session === null) throw new Error('systemd cannot be asked how the restart ended');
    try {
      return await session.read(unit);
    } catch (cause) {
      if (parts.keeper.session === session) throw cause;
    }
  }
}
