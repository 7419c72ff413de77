import { type Action, ActionStatus, NEXT_STATUSES } from '@homelabcmd/protocol';
import type { Acknowledged } from './lane/person.ts';

/** What is certain about a round once everything is up again, connected and quiet. */
export interface RoundFacts {
  readonly told: Acknowledged;
  readonly action: Action;
  /** Invocation ids of the starts of the service since the round began, by the service's own file. */
  readonly runs: readonly string[];
  /** The service, by systemd. */
  readonly service: { readonly active: string; readonly invocationId: string };
  readonly wasRebooted: boolean;
  /** How often the order reached the agent. */
  readonly deliveries: number;
}

const APPROVED_TTL_MS = 300_000;

/** Each rule of a restart that this round broke, as a sentence. */
export function violationsOf(facts: RoundFacts): string[] {
  return [
    ...runRules(facts),
    ...statusRules(facts),
    ...approvalRules(facts),
    ...successRules(facts),
    ...timeLineRules(facts.action),
  ];
}

const STARTS: Partial<Record<Action['status'], readonly number[]>> = {
  rejected: [0],
  cancelled: [0],
  expired: [0],
  refused: [0],
  completed: [1],
  failed: [1],
};

function runRules({ action: { status }, runs, deliveries }: RoundFacts): string[] {
  const allowed = STARTS[status] ?? [0, 1];
  return [
    ...(allowed.includes(runs.length)
      ? []
      : [`the action is ${status}, and the service was started ${runs.length} times`]),
    ...(deliveries === 1 ? ['the order was delivered once only, so this round proves nothing'] : []),
  ];
}

function statusRules({ action, wasRebooted }: RoundFacts): string[] {
  const { status, result } = action;
  switch (status) {
    case 'pending':
    case 'approved':
    case 'dispatched':
    case 'executing':
      return [`the action is still ${status}, though everything is up and connected`];
    case 'rejected':
    case 'cancelled':
    case 'abandoned':
      return [`the action is ${status}, though nobody did that`];
    case 'unknown':
      if (result?.outcome !== 'unknown') return ['the action is unknown, and the agent never said so'];
      return wasRebooted ? [] : ['the outcome is unknown, though the server was never restarted'];
    case 'refused':
      return result?.code ? [] : ['the action was refused without a reason'];
    case 'failed':
      return wasRebooted ? [] : [`the action failed (${result?.code}), though the service starts well`];
    case 'expired':
    case 'completed':
      return [];
  }
}

function approvalRules({ told, action }: RoundFacts): string[] {
  if (!told.approved) return [];
  if (action.approved_at === null || action.approved_by === null)
    return ['an approval that was acknowledged is lost'];
  const waitedMs = Date.parse(action.finished_at ?? action.approved_at) - Date.parse(action.approved_at);
  return action.status === 'expired' && waitedMs < APPROVED_TTL_MS
    ? [`an acknowledged approval expired after ${waitedMs} ms, before its time`]
    : [];
}

function successRules({ action, runs, service, wasRebooted }: RoundFacts): string[] {
  if (action.status !== 'completed') return [];
  const { result } = action;
  const run = runs.at(-1);
  const problems: string[] = [];
  if (result?.exit_code !== 0) problems.push(`it is completed with the exit code ${result?.exit_code}`);
  if (result?.after?.invocation_id !== run)
    problems.push(`it is completed with the invocation ${result?.after?.invocation_id}, and ${run} ran`);
  // A server that lost its power afterwards has nothing running any more.
  if (wasRebooted) return problems;
  if (service.active !== 'active') problems.push(`it is completed, and the service is ${service.active}`);
  if (service.invocationId !== run)
    problems.push(`it is completed, and systemd runs ${service.invocationId} instead of ${run}`);
  return problems;
}

/** The time line leads from the request to the status by legal steps, and tells none of them twice. */
function timeLineRules({ status, steps }: Action): string[] {
  const names = steps.map(({ step }) => step);
  const told = names.join(', ');
  const statuses = names.flatMap((name) => {
    const parsed = ActionStatus.safeParse(name);
    return parsed.success ? [parsed.data] : [];
  });
  const isLegal = statuses.every((to, index) => {
    const from = statuses[index - 1];
    return from === undefined ? to === 'pending' : NEXT_STATUSES[from].includes(to);
  });
  return [
    ...(isLegal && statuses.at(-1) === status ? [] : [`the time line does not lead to ${status}: ${told}`]),
    ...(new Set(names).size === names.length ? [] : [`the time line tells a step twice: ${told}`]),
  ];
}
