import { MAX_HELLO_BYTES } from '@homelabcmd/protocol';
import { type AgentSocket, BadFrame } from './session.ts';

const MAX_WAITING_FRAMES = 64;

/**
 * The texts that come in, in order. While the taker is behind, the socket is paused, so that the network pushes back
 * on an agent that sends too much.
 */
export async function* framesOf(socket: AgentSocket, isAdmitted: () => boolean): AsyncGenerator<string> {
  const waiting: string[] = [];
  let wake = Promise.withResolvers<void>();
  let isOpen = true;
  let fault: BadFrame | null = null;
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (isBinary) fault = new BadFrame('bad_frame', 'Frames are texts');
    else if (!isAdmitted() && data.length > MAX_HELLO_BYTES)
      fault = new BadFrame('bad_frame', 'The first frames may not be so long');
    else waiting.push(data.toString('utf8'));
    if (waiting.length > MAX_WAITING_FRAMES) socket.pause();
    wake.resolve();
  });
  socket.on('close', () => {
    isOpen = false;
    wake.resolve();
  });
  for (;;) {
    const text = waiting.shift();
    if (fault) throw fault;
    if (text !== undefined) {
      if (waiting.length === 0 && socket.isPaused) socket.resume();
      yield text;
    } else if (!isOpen) return;
    else {
      await wake.promise;
      wake = Promise.withResolvers<void>();
    }
  }
}
