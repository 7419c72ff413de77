import { setTimeout as pause } from 'node:timers/promises';
import { type Action, api, isFinal, OPEN_STATUSES } from '@homelabcmd/protocol';
import { ProblemAnswer } from '@homelabcmd/testkit';
import type { Lane } from './lane.ts';

/** What somebody was told, by an answer that reached them. */
export interface Acknowledged {
  requested: boolean;
  approved: boolean;
}

/** A claim that a loss of power cut short is looked at for a minute before its outcome is called unknown. */
const SETTLED_WITHIN_MS = 90_000;
const LOOK_EVERY_MS = 15;
const MAX_TRIES = 200;

/** Whether an error says that the hub was away, and nothing about what it did before. */
const isAway = (error: unknown): boolean =>
  !(error instanceof ProblemAnswer) && (error instanceof TypeError || error instanceof SyntaxError);

/** Calls the hub until it answers, as somebody does who presses again when it is back. */
async function untilAnswered<T>(lane: Lane, call: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      if (!isAway(error) || tries > MAX_TRIES) throw error;
      await lane.hub.ready();
    }
  }
}

export function readAction(lane: Lane, actionId: number): Promise<Action> {
  return untilAnswered(lane, () => lane.client.call(api.getAction, { params: { action_id: actionId } }));
}

/** Asks for a restart, again and again until it is known that the request is there; the number of the action. */
export async function request(lane: Lane, service: string, told: Acknowledged): Promise<Action> {
  try {
    return await untilAnswered(lane, async () => {
      const action = await lane.client.call(api.restartService, {
        params: { server_id: lane.name, service_name: service },
      });
      told.requested = true;
      return action;
    });
  } catch (error) {
    // The answer to an earlier press was lost, but its request was not.
    const existing = error instanceof ProblemAnswer && error.problem.existing_action_id;
    if (typeof existing !== 'number') throw error;
    return readAction(lane, existing);
  }
}

/** Approves what was shown, and again while the action is there to be approved. */
export async function approve(lane: Lane, shown: Action, told: Acknowledged): Promise<void> {
  try {
    await untilAnswered(lane, async () => {
      await lane.client.call(api.approveAction, {
        params: { action_id: shown.action_id },
        body: { digest: shown.digest },
      });
      told.approved = true;
    });
  } catch (error) {
    // Approved by an earlier press whose answer was lost.
    if (!(error instanceof ProblemAnswer) || error.problem.code !== 'action_moved_on') throw error;
  }
}

/** Waits until the action has come to an end, or the agent says that its outcome is not known; answers how it is then. */
export async function untilSettled(lane: Lane, actionId: number): Promise<Action> {
  const giveUpAt = performance.now() + SETTLED_WITHIN_MS;
  for (;;) {
    const action = await readAction(lane, actionId);
    const isUnknown = action.status === 'unknown' && action.result?.outcome === 'unknown';
    if (isFinal(action.status) || isUnknown || performance.now() > giveUpAt) return action;
    await pause(LOOK_EVERY_MS);
  }
}

/** Closes an action whose outcome nobody can know, so that the service can be restarted again. */
export function abandon(lane: Lane, actionId: number): Promise<unknown> {
  return untilAnswered(lane, () =>
    lane.client.call(api.resolveAction, {
      params: { action_id: actionId },
      body: { note: 'The server lost its power while the order was at work' },
    }),
  );
}

/** The actions that have not come to an end. */
export async function openActions(lane: Lane): Promise<Action[]> {
  const status = OPEN_STATUSES.join(',');
  const { actions } = await untilAnswered(lane, () =>
    lane.client.call(api.listActions, { query: { status } }),
  );
  return actions;
}
