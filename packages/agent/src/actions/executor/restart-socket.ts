import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import type { ActionVerb } from '@homelabcmd/protocol';
import { messageOf } from '../../log.ts';
import { ClaimsFolder } from './claims.ts';
import {
  type ExecutorAnswer,
  type ExecutorLine,
  ExecutorUnreachable,
  type RestartExecutor,
} from './executor.ts';

const MAX_ANSWER_CHARACTERS = 4096;

/** The real executor: the root-owned script behind its socket, and the folder where it leaves its evidence. */
export function executorBehindSocket(socketPath: string, ordersDir: string): RestartExecutor {
  const claims = new ClaimsFolder(ordersDir);
  return {
    problem: () =>
      existsSync(socketPath)
        ? null
        : 'The part of HomelabCmd that restarts services is not installed or not running on this server.',
    open: () => openLine(socketPath),
    claim: (orderId) => claims.read(orderId),
    waitForExit: (orderId, signal) => claims.waitForExit(orderId, signal),
    everClaimed: () => existsSync(ordersDir),
  };
}

function openLine(path: string): ExecutorLine {
  const socket = connect(path);
  // Whoever asks hears of it; on a line that nobody uses it does not matter.
  socket.on('error', () => undefined);
  const connected = once(socket, 'connect');
  connected.catch(() => undefined);
  return {
    ask: (verb, orderId, unit) => askOver(socket, connected, verb, orderId, unit),
    [Symbol.dispose]: () => socket.destroy(),
  };
}

async function* askOver(
  socket: Socket,
  connected: Promise<unknown>,
  verb: ActionVerb | 'fence',
  orderId: string,
  unit: string,
): AsyncGenerator<ExecutorAnswer> {
  try {
    await connected.catch((cause: unknown) => {
      throw new ExecutorUnreachable(messageOf(cause), { cause });
    });
    socket.setEncoding('utf8');
    socket.write(`${verb} ${orderId} ${unit}\n`);
    let rest = '';
    for await (const chunk of socket) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > MAX_ANSWER_CHARACTERS)
        throw new Error('the restart script answered with too long a line');
      for (const line of lines) yield parseAnswer(line);
    }
  } finally {
    socket.destroy();
  }
}

/** @throws for a line that is none of the script's */
export function parseAnswer(line: string): ExecutorAnswer {
  const [word, value, more] = line.trimEnd().split(' ');
  if (more === undefined) {
    if (value === undefined && (word === 'claimed' || word === 'started' || word === 'fenced'))
      return { kind: word };
    if (word === 'refused' && value !== undefined) return { kind: 'refused', code: value };
    if (word === 'done' && value !== undefined && /^\d{1,3}$/.test(value))
      return { kind: 'done', exitCode: Number(value) };
  }
  throw new Error(`the restart script answered "${line.slice(0, 100)}"`);
}
