import type { Server } from '@homelabcmd/protocol';
import { useState } from 'react';

/**
 * Whether an agent has connected since this token was made: the server is online, and was not, or has been away in
 * between. That it was online before says nothing of the new agent.
 */
export function useArrival(server: Server | undefined, token: string): boolean {
  const [before, setBefore] = useState({ token, onlineSince: onlineSince(server) });
  if (before.token !== token) setBefore({ token, onlineSince: onlineSince(server) });
  const since = onlineSince(server);
  return since !== null && since !== before.onlineSince;
}

const onlineSince = (server: Server | undefined): string | null =>
  server?.liveness === 'online' ? server.liveness_since : null;
