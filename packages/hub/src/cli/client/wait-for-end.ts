import { Action, api, isFinal } from '@homelabcmd/protocol';
import { type Call, type Option, UsageError } from '../command.ts';
import { ask } from './ask.ts';
import { CommandFailure, EXIT } from './failure.ts';
import { follow } from './follow.ts';
import type { AskedHub } from './hub.ts';

/** For commands that may wait until an action has come to its end. */
export const WAIT_OPTIONS: Readonly<Record<string, Option>> = {
  wait: {
    value: null,
    means: 'wait until it has come to its end; exit code 5 where that is another than completed',
  },
  timeout: {
    value: 'SECONDS',
    means: 'with --wait: wait no longer than that; exit code 6 where it is still open',
  },
};

/** How long to wait; `null`: as long as it takes. @throws UsageError */
export function timeoutOf(call: Call): number | null {
  const given = call.valueOf('timeout');
  if (given === null) return null;
  if (!call.has('wait')) throw new UsageError('--timeout is for --wait.');
  const seconds = Number(given);
  if (!/^\d+$/.test(given) || seconds < 1 || seconds > 604_800)
    throw new UsageError('--timeout takes 1 to 604800 seconds.');
  return seconds * 1000;
}

/** Nothing more comes of it by itself: it has ended, or its outcome is unknown until somebody has looked. */
const hasEnded = ({ status }: Action): boolean => isFinal(status) || status === 'unknown';

/**
 * Follows an action from how it is known to its end, by the live stream: `told` is called for each newer state.
 * @param timeoutMs `null`: as long as it takes
 * @throws CommandFailure with exit code 6 when the time is over first
 */
export async function waitForEnd(
  hub: AskedHub,
  known: Action,
  timeoutMs: number | null,
  told: (action: Action) => void,
): Promise<Action> {
  let action = known;
  const stop = new AbortController();
  const timer = timeoutMs === null ? undefined : setTimeout(() => stop.abort(), timeoutMs);
  const take = (newer: Action) => {
    if (newer.revision <= action.revision) return;
    const isNews = newer.status !== action.status;
    action = newer;
    if (isNews) told(action);
  };
  try {
    if (hasEnded(action)) return action;
    // From the event on that brought the state which is known: nothing after it is missed.
    const following = follow(hub, { after: action.revision, signal: stop.signal, changed: () => {} });
    for await (const news of following) {
      if (news.kind === 'gap')
        take(await ask(hub, api.getAction, { params: { action_id: action.action_id } }));
      else if (isAbout(news.fact.data, action.action_id)) take(Action.parse(news.fact.data['action']));
      if (hasEnded(action)) return action;
    }
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
  throw new CommandFailure(
    EXIT.stillOpen,
    `Action ${action.action_id} is still ${action.status}. It goes on: homelabcmd actions shows it.`,
  );
}

const isAbout = (data: Readonly<Record<string, unknown>>, actionId: number): boolean =>
  (data['action'] as { action_id?: unknown } | undefined)?.action_id === actionId;
