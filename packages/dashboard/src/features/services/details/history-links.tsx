import type { Service } from '@homelabcmd/protocol';
import { Link } from '@tanstack/react-router';

/** The ways to what became of a service, and to all that is known of the moment at which it stopped. */
export function HistoryLinks({ service, at }: { service: Service; at: string | null }) {
  const { server_id: serverId, service_name: serviceName } = service;
  return (
    <p className="note">
      <Link
        className="link"
        to="/servers/$serverId/services/$serviceName/history"
        params={{ serverId, serviceName }}
      >
        History
      </Link>
      {at !== null && (
        <>
          {' · '}
          <Link
            className="link"
            to="/servers/$serverId/timeline"
            params={{ serverId }}
            search={{ at, service: serviceName }}
          >
            Time line of this failure
          </Link>
        </>
      )}
    </p>
  );
}
