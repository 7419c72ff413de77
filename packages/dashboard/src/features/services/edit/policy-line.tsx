import { Link } from '@tanstack/react-router';
import { useEffectivePolicy } from '../../../api/guards/policies.ts';

/** Who may approve restarts of this service; it is changed in the settings. */
export function PolicyLine({ serverId, serviceName }: { serverId: string; serviceName: string }) {
  const effective = useEffectivePolicy(serverId, serviceName);
  return (
    <p className="note">
      {effective?.why ?? 'Asking who may approve.'}{' '}
      <Link className="link" to="/settings/$section" params={{ section: 'policies' }}>
        Policies
      </Link>
    </p>
  );
}
