import { once } from 'node:events';
import { connect } from 'node:net';
import { parseJournalLine } from './journal-line.ts';
import { JournalKept, type JournalReader } from './port.ts';

const MAX_ANSWER_BYTES = 2 * 1024 * 1024;
const TIMEOUT_MS = 5000;

/**
 * Reads through the root-owned reader behind its socket, which shows lines of the units that this server's own files
 * name, and of no others. Asked for one run of one unit, it answers `refused <code>`, or lines of the journal and then
 * `done <exit code>`.
 */
export const journalBehindSocket =
  (socketPath: string): JournalReader =>
  async (unit, invocationId, maxLines) => {
    const answer = await ask(socketPath, `${unit} ${invocationId} ${maxLines}\n`);
    if (answer.startsWith('refused not_watched\n') || answer.startsWith('refused not_shared\n'))
      throw new JournalKept({
        reason: 'The journal reader of this server does not show it.',
        fix_command: null,
      });
    const end = /(?:^|\n)done (\d{1,3})\n$/.exec(answer);
    if (end === null) throw new Error(`the journal reader answered "${answer.slice(0, 100)}"`);
    if (end[1] !== '0') throw new Error(`journalctl ended with exit code ${end[1]}`);
    return answer.split('\n').flatMap((line) => parseJournalLine(line) ?? []);
  };

async function ask(socketPath: string, question: string): Promise<string> {
  const socket = connect(socketPath);
  const timer = setTimeout(() => socket.destroy(new Error('the journal reader took too long')), TIMEOUT_MS);
  try {
    await once(socket, 'connect');
    socket.end(question);
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES) throw new Error('the journal reader answered too much');
    }
    return Buffer.concat(chunks).toString('utf8');
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}
