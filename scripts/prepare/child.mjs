import { spawn } from 'node:child_process';

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/**
 * Runs a program to its end in our own process group, so that Ctrl-C reaches it too.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions & { onLine?: (line: string) => void }} options
 *   with `onLine`, both outputs are piped and handed over line by line
 * @returns {Promise<{ exitCode: number }>} a program killed by a signal counts as exit code 1
 */
export function run(program, args, { onLine, ...options }) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, onLine ? { ...options, stdio: ['ignore', 'pipe', 'pipe'] } : options);
    running.add(child);
    if (onLine) for (const stream of [child.stdout, child.stderr]) readLines(stream, onLine);
    child.once('error', reject);
    child.once('close', (code) => {
      running.delete(child);
      resolve({ exitCode: code ?? 1 });
    });
  });
}

/**
 * npm starts us through a shell, and a SIGTERM to that shell would leave us, and what we started, at work for nobody.
 * So: when our parent is gone, or we are told to stop, we stop with everything we started.
 */
export function stopWithParent() {
  const parent = process.ppid;
  const stop = () => {
    for (const child of running) child.kill('SIGTERM');
    process.exit(1);
  };
  process.once('SIGTERM', stop).once('SIGINT', stop).once('SIGHUP', stop);
  setInterval(() => process.ppid !== parent && stop(), 500).unref();
}

/** @param {import('node:stream').Readable | null} stream @param {(line: string) => void} onLine */
function readLines(stream, onLine) {
  let rest = '';
  stream?.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  stream?.once('end', () => rest !== '' && onLine(rest));
}
