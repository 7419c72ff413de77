import type { Action } from '@homelabcmd/protocol';
import { useEffectivePolicy } from '../../../api/guards/policies.ts';

/** Who may approve it, and which policy says so. */
export function PolicyNote({ action }: { action: Action }) {
  const effective = useEffectivePolicy(action.server_id, action.service_name);
  if (effective === undefined) return null;
  return (
    <div>
      <p className="lab">Who may approve</p>
      <p className="mt-1">{effective.why}</p>
    </div>
  );
}
