import type { Action } from '@homelabcmd/protocol';
import { useEffectivePolicy } from '../../../api/guards/policies.ts';
import { useServer } from '../../../api/servers.ts';

/** Who may approve it, and which policy says so; and whose passkey has to sign, where the server is sealed. */
export function PolicyNote({ action }: { action: Action }) {
  const effective = useEffectivePolicy(action.server_id, action.service_name);
  const sealed = useServer(action.server_id).data?.facts?.sealed;
  if (effective === undefined && sealed === undefined) return null;
  return (
    <div>
      <p className="lab">Who may approve</p>
      {effective !== undefined && <p className="mt-1">{effective.why}</p>}
      {sealed !== undefined && (
        <p className="mt-1">
          {sealed.problem ??
            `${action.server_id} is sealed: one of these passkeys has to sign exactly this. ${sealed.keys.map(({ name }) => name).join(', ')}.`}
        </p>
      )}
    </div>
  );
}
