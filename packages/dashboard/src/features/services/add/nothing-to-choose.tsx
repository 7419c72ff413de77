import type { Server } from '@homelabcmd/protocol';
import { Ago } from '../../../ui/time.tsx';

/** Why there is nothing to choose from, or that the list may be old. */
export function ListState({ server, count }: { server: Server; count: number }) {
  const { server_id: serverId, liveness, last_seen_at: lastSeenAt, facts } = server;
  if (liveness === 'never_seen')
    return (
      <p>
        <b>{serverId} has not connected yet</b>, so what runs there is not known. The list fills by itself
        when its agent connects; a service can be expected by its name before that.
      </p>
    );
  if (liveness === 'offline' || liveness === 'stale')
    return (
      <p>
        <b>
          {serverId} is {liveness === 'offline' ? 'offline' : 'silent'}.
        </b>{' '}
        {count === 0 ? 'It reported no service that is not expected' : 'This is what it reported'}
        {lastSeenAt !== null && (
          <>
            {' '}
            before it was last heard, <Ago at={lastSeenAt} />
          </>
        )}
        .
      </p>
    );
  if (count > 0) return null;
  if (facts?.systemd_version === null)
    return (
      <p>
        <b>The agent cannot speak to systemd on {serverId}</b>, so it sees no services.{' '}
        {facts.systemd_problem}
      </p>
    );
  return (
    <p>
      <b>Nothing is left to add.</b> Every service that {serverId} reports is expected already.
    </p>
  );
}
