import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { root } from '../prepare/root.mjs';
import { bundleForNode } from './bundle.mjs';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'homelabcmd-bundle-'));
  return () => rmSync(folder, { recursive: true });
});

test('the built hub starts from a folder that holds nothing else', { timeout: 30_000 }, async () => {
  copyFileSync(join(root, 'packages/hub/dist/homelabcmd.mjs'), join(folder, 'homelabcmd.mjs'));
  const hub = spawn(process.execPath, ['homelabcmd.mjs', 'serve'], {
    cwd: folder,
    env: { HOMELABCMD_PORT: '0', HOMELABCMD_LOCAL_AGENT: 'off' },
  });
  onTestFinished(() => void hub.kill('SIGKILL'));
  let said = '';
  for (const stream of [hub.stdout, hub.stderr]) stream.on('data', (data) => (said += data));
  await expect.poll(() => said, { timeout: 20_000 }).toMatch(/http:\/\/127\.0\.0\.1:\d+/);
  const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? [''];
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
});

test('a bundle is one file', async () => {
  writeFileSync(join(folder, 'part.mjs'), 'export const answer = 42;\n');
  writeFileSync(join(folder, 'entry.mjs'), "export const late = () => import('./part.mjs');\n");
  await bundleForNode(join(folder, 'entry.mjs'), join(folder, 'out/out.mjs'));
  expect(readdirSync(join(folder, 'out'))).toEqual(['out.mjs']);
  const { late } = await import(join(folder, 'out/out.mjs'));
  expect(await late()).toMatchObject({ answer: 42 });
});

test('an import that cannot be found fails the build', async () => {
  writeFileSync(join(folder, 'entry.mjs'), "import 'no-such-package';\n");
  const bundled = bundleForNode(join(folder, 'entry.mjs'), join(folder, 'out.mjs'));
  await expect(bundled).rejects.toThrow('no-such-package');
});
