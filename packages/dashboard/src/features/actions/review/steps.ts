import { type Action, ActionStatus, type ActionStep } from '@homelabcmd/protocol';
import { actionLook } from '../../../api/vocabulary/action.ts';
import { exactSpan } from '../../../lib/time-words.ts';
import type { Look } from '../../../ui/glyphs/glyph.tsx';

const REQUESTED: Look = { shape: 'clock', tone: 'mute', word: 'Requested' };
const OTHERS: Partial<Record<string, Look>> = {
  requested: REQUESTED,
  pending: REQUESTED,
  left_to_a_person: { shape: 'ringInfo', tone: 'mute', word: 'Left to a person' },
  waits_its_turn: { shape: 'hourglass', tone: 'mute', word: 'Waits its turn' },
  in_shadow: { shape: 'ringInfo', tone: 'mute', word: 'In shadow' },
  dispatched: { shape: 'ringArrow', tone: 'acc', word: 'Sent' },
  cancel_requested: { shape: 'ringBar', tone: 'mute', word: 'Asked back' },
  started: { shape: 'half', tone: 'acc', word: 'Executing' },
  executing: { shape: 'half', tone: 'acc', word: 'Executing' },
  systemctl_done: { shape: 'disc', tone: 'ok', word: 'systemctl done' },
  verifying: { shape: 'disc', tone: 'ok', word: 'Verifying' },
};

/** How a step is shown. One that this page has never heard of is shown as it is spelt. */
export function stepLook(step: string, exitCode: number | null): Look {
  const other = OTHERS[step];
  const isBadExit = step === 'systemctl_done' && exitCode !== null && exitCode !== 0;
  if (other !== undefined && isBadExit) return { ...other, shape: 'diamond', tone: 'bad' };
  if (other !== undefined) return other;
  const status = ActionStatus.safeParse(step);
  return status.success ? actionLook(status.data) : { shape: 'ringInfo', tone: 'mute', word: step };
}

/**
 * How long after the step before. Two steps that the agent told are measured by its own clock, which is exact; the
 * others by the hub's, which wrote them down.
 */
export function deltaOf(step: ActionStep, before: ActionStep | undefined): string | null {
  if (before === undefined) return null;
  if (step.elapsed_ms !== null && before.elapsed_ms !== null)
    return `+ ${exactSpan(step.elapsed_ms - before.elapsed_ms)}`;
  return `+ ${exactSpan(Date.parse(step.at) - Date.parse(before.at))}`;
}

/** What the service wrote since the order, for the log of the page. */
export const journalOf = (action: Action) =>
  (action.result?.journal ?? []).map((line) => ({
    at: line.at,
    source: line.identifier,
    text: line.message,
    isBad: false,
  }));
