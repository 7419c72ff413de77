import type { Action } from '@homelabcmd/protocol';
import { progressOf } from '../../../api/vocabulary/action.ts';
import { doubtOf } from '../../../api/vocabulary/kind.ts';
import { actorWords } from '../../../api/vocabulary/actor.ts';
import { useTicking } from '../../../lib/hub-clock.ts';

/** What an action that has been decided is doing, second by second. */
export function Progress({ action }: { action: Action }) {
  const words = useTicking((nowMs) => progressOf(action, nowMs));
  if (action.status === 'unknown') {
    return (
      <p>
        <span className="ink">{doubtOf(action)}.</span> Look before you try again. It is never retried by
        itself.
      </p>
    );
  }
  return (
    <p>
      <span className="ink">{words}</span>
      {action.approved_by !== null && ` Approved by ${actorWords(action.approved_by)}.`}
    </p>
  );
}
