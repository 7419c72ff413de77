import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { idOf } from '../testing/order-rig.ts';
import { ClaimsFolder } from './claims.ts';

let root: string;
let claims: ClaimsFolder;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'claims-'));
  claims = new ClaimsFolder(root);
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(root, { recursive: true });
});

const never = new AbortController().signal;

/** What the script has written of order 1 so far. */
function claimed(files: Record<string, string> = {}): void {
  mkdirSync(join(root, idOf(1)), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, idOf(1), name), text);
}

test('what nobody has claimed is no claim, also where the folder of claims is none', () => {
  expect(claims.read(idOf(1))).toBeNull();
  writeFileSync(join(root, 'a-file'), '');
  expect(new ClaimsFolder(join(root, 'a-file')).read(idOf(1))).toBeNull();
});

const OPEN = { verb: 'restart', boot: '', exitCode: null, output: '' };
test.each<[string, Record<string, string>, object]>([
  ['nothing', {}, OPEN],
  ['its verb', { verb: 'reset-and-restart\n' }, { ...OPEN, verb: 'reset-and-restart' }],
  ['a verb that is not known', { verb: 'dance\n' }, OPEN],
  ['that it is a fence', { verb: 'fence\n' }, { ...OPEN, verb: 'fence' }],
  ['its boot', { boot: 'boot-1\n' }, { ...OPEN, boot: 'boot-1' }],
  ['its end', { exit: '0\n', output: 'well\n' }, { ...OPEN, exitCode: 0, output: 'well\n' }],
  ['an end by a signal', { exit: '143\n' }, { ...OPEN, exitCode: 143 }],
  ['an end that is cut off', { exit: '' }, OPEN],
  ['an end of four digits', { exit: '1430\n' }, OPEN],
  ['an end with something before it', { exit: 'x1\n' }, OPEN],
  ['an end with something after it', { exit: '1x\n' }, OPEN],
])('a claim of which is written: %s', (_what, files, claim) => {
  claimed(files);
  expect(claims.read(idOf(1))).toEqual(claim);
});

test('a file in the place of a claim is one, of which nothing is known', () => {
  writeFileSync(join(root, idOf(1)), 'odd');
  expect(claims.read(idOf(1))).toEqual(OPEN);
});

test('of a long output the beginning is read, and what cannot be read is a fault', () => {
  claimed({ output: 'x'.repeat(20_000) });
  expect(claims.read(idOf(1))?.output).toHaveLength(16_384);
  mkdirSync(join(root, idOf(1), 'exit'));
  expect(() => claims.read(idOf(1))).toThrow('EISDIR');
});

test('reading leaves no file open', () => {
  claimed({ exit: '0\n' });
  const before = readdirSync('/proc/self/fd').length;
  for (let n = 0; n < 50; n += 1) claims.read(idOf(1));
  expect(readdirSync('/proc/self/fd').length).toBeLessThan(before + 50);
});

test('the end is waited for, and the kernel’s word for it is enough', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  claimed({ verb: 'restart\n' });
  const waiting = claims.waitForExit(idOf(1), never);
  claimed({ exit: '3\n' });
  expect(await waiting).toMatchObject({ exitCode: 3 });
  expect(vi.getTimerCount()).toBe(0);
});

test('a claim that is yet to come is looked for now and then', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const waiting = claims.waitForExit(idOf(1), never);
  claimed({ exit: '0\n' });
  vi.advanceTimersByTime(500);
  expect(await waiting).toMatchObject({ exitCode: 0 });
});

test.each([true, false])('whoever stops waiting is told what there is: claimed %s', async (isClaimed) => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  if (isClaimed) claimed({ boot: 'boot-1\n' });
  const stop = new AbortController();
  const waiting = claims.waitForExit(idOf(1), stop.signal);
  stop.abort();
  expect(await waiting).toEqual(isClaimed ? { ...OPEN, boot: 'boot-1' } : null);
});
