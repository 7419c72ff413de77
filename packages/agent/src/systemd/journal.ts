import { spawn } from 'node:child_process';
import { parseJournalLine } from './journal-line.ts';
import type { JournalReader } from './port.ts';

const MAX_OUTPUT_BYTES = 2 * 1024 * 1024;
const TIMEOUT_MS = 5000;
const INVOCATION_ID = /^[0-9a-f]{32}$/;

/**
 * Reads by `journalctl`, with arguments that are fixed but for the invocation's id, which is checked whole. This is
 * the only place of the agent that starts a process. `directory` names another machine's journal.
 */
export const journalByJournalctl =
  (directory?: string): JournalReader =>
  async (_unit, invocationId, maxLines) => {
    if (!INVOCATION_ID.test(invocationId)) return [];
    const output = await run([
      ...(directory === undefined ? [] : [`--directory=${directory}`]),
      '--quiet',
      '--no-pager',
      '--all',
      '--output=json',
      '--output-fields=MESSAGE,SYSLOG_IDENTIFIER,_COMM,_PID,PRIORITY',
      `--lines=${maxLines}`,
      `_SYSTEMD_INVOCATION_ID=${invocationId}`,
      '+',
      `INVOCATION_ID=${invocationId}`,
    ]);
    return output.split('\n').flatMap((line) => parseJournalLine(line) ?? []);
  };

function run(argv: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('/usr/bin/journalctl', argv, {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
    });
    const chunks: Buffer[] = [];
    let bytes = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_OUTPUT_BYTES) child.kill('SIGKILL');
      else chunks.push(chunk);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      // Cut off at the limit, what came is still good: whole lines of it are used.
      if (signal !== null && bytes <= MAX_OUTPUT_BYTES) reject(new Error('journalctl took too long'));
      else if (code !== 0 && signal === null) reject(new Error(`journalctl ended with exit code ${code}`));
      else resolve(Buffer.concat(chunks).toString('utf8'));
    });
  });
}
