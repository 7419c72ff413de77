import { once } from 'node:events';
import { connect } from 'node:net';
import type { Probe } from '@homelabcmd/protocol';
import { targetOf, textOf } from './answer.ts';

/** Opens a connection and closes it. */
export async function askTcp(
  probe: Extract<Probe, { kind: 'tcp' }>,
  address: string,
  signal: AbortSignal,
): Promise<string> {
  const socket = connect({ host: address, port: probe.port });
  socket.on('error', () => undefined);
  try {
    await once(socket, 'connect', { signal });
  } finally {
    socket.destroy();
  }
  return `${textOf(targetOf(probe))} accepts connections.`;
}
