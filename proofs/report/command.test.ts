import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'command-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const here = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);
const PROOF = `
import { once } from 'node:events';
import { playAndReport, reportOption, runCommand } from ${here('command.ts')};
import { OptionError, flag, wholeNumber } from ${here('options.ts')};

const OPTIONS = {
  finds: wholeNumber({ least: 0, most: 9, byDefault: 0, means: 'so many' }),
  waits: flag({ means: 'plays until it is stopped' }),
  report: reportOption('planted'),
};

await runCommand(OPTIONS, async ({ finds, waits, report }) => {
  if (finds === 9) throw new OptionError('Nine cannot be found here.');
  if (finds === 8) throw new Error('broken');
  return playAndReport({ report, total: 1, unit: 'things' }, async ({ progress, stop, facts }) => {
    progress.say('playing');
    const busy = setInterval(() => undefined, 1000);
    if (waits) await once(stop, 'abort');
    clearInterval(busy);
    return { headline: \`\${finds} found\`, found: finds, report: { markdown: '# Planted', data: { facts } } };
  });
});
`;

/** A proof in a process of its own, and all that it says. */
function start(...args: string[]): { child: ChildProcess; said(): string; ended: Promise<unknown> } {
  const file = join(dir, 'main.ts');
  writeFileSync(file, PROOF);
  const child = spawn(process.execPath, [file, ...args], { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  return { child, said: () => said, ended: once(child, 'close') };
}

test.each<[string[], number, RegExp]>([
  [['--help'], 0, /^Options:\n {2}--finds N[^]*--report FILE[^]*"dist\/proofs\/planted\.md" when left out/],
  [['--find', '1'], 2, /^There is no «--find» here/],
  [['--finds', '9'], 2, /^Nine cannot be found here\.\n$/],
  [['--finds', '8'], 1, /Error: broken\n/],
  [['--finds', '0'], 0, /^playing\n0 found\nReport: \S+planted\.md and \S+planted\.json\n$/],
  [['--finds', '3'], 1, /^playing\n3 found\nReport: /],
])('%j ends with exit code %i and says what it should', async (args, exitCode, saying) => {
  const { child, said, ended } = start(...args);
  await ended;
  expect(said()).toMatch(saying);
  expect(child.exitCode).toBe(exitCode);
  expect(existsSync(join(dir, 'dist/proofs/planted.md'))).toBe(said().includes('Report: '));
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it with the report of what was done', async (signal) => {
  const { child, said, ended } = start('--waits', '--report', 'mine.json');
  await expect.poll(said).toBe('playing\n');
  child.kill(signal);
  await ended;
  expect(said()).toContain('0 found\nReport: ');
  expect(child.exitCode).toBe(0);
  expect(JSON.parse(readFileSync(join(dir, 'mine.json'), 'utf8'))).toMatchObject({
    facts: { node: process.version },
  });
});
