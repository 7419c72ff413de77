import { connect, type Socket } from 'node:net';
import { readdir, readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import { type LabServer, unpackRelease } from '../lab/index.ts';

export const SOCKET = '/run/homelabcmd/restart.sock';
export const JOURNAL_SOCKET = '/run/homelabcmd/journal.sock';
const ORDERS = '/var/lib/homelabcmd-orders';

/** Takes any release, says what the installer waits for, and does nothing. */
const IDLE_AGENT = `#!/bin/sh
[ "$1" = run ] || exit 0
echo key >/var/lib/homelabcmd/hub-key
echo '{"msg":"connected to the hub"}'
exec sleep infinity
`;

/** Installs all that a server gets; a program that does nothing stands where the agent would run. Answers what the installer said. */
export async function installWithIdleAgent(server: LabServer, options: string[] = []): Promise<string> {
  const folder = await unpackRelease(server);
  const program = `${folder}/homelabcmd-agent-linux-${process.arch}.gz`;
  await server.write(`${program.slice(0, -'.gz'.length)}`, IDLE_AGENT);
  await server.exec(['gzip', '-f', program.slice(0, -'.gz'.length)]);
  const result = await server.exec([
    ...[
      `${folder}/install-agent.sh`,
      '--yes',
      '--hub',
      'ws://127.0.0.1:1',
      '--token',
      'hlce_none',
      ...options,
    ],
  ]);
  if (result.code !== 0) throw new Error(result.stderr);
  return result.stdout;
}

/** Opens a connection to the script; `lines` grows as it answers. The socket emits `close` when the script has ended. */
export function connectToScript(
  server: LabServer,
  path: string = SOCKET,
): { socket: Socket; lines: string[] } {
  const lines: string[] = [];
  let rest = '';
  const socket = connect(server.path(path)).setEncoding('utf8');
  socket.on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  });
  // A connection that is turned away may end in a reset: `close` tells the same.
  socket.on('error', () => {});
  return { socket, lines };
}

/** Asks as root would, and answers the lines of the answer. */
export async function ask(server: LabServer, request: string, path: string = SOCKET): Promise<string[]> {
  const { socket, lines } = connectToScript(server, path);
  socket.end(request);
  await once(socket, 'close');
  return lines;
}

/** The files in the folder of an order, or `null` when nobody claimed it. */
export async function evidenceOf(server: LabServer, orderId: string): Promise<Record<string, string> | null> {
  const folder = server.path(join(ORDERS, orderId));
  const names = await readdir(folder).catch(() => null);
  if (names === null) return null;
  const contents = names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const);
  return Object.fromEntries(await Promise.all(contents));
}
