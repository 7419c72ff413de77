import { afterEach, expect, test, vi } from 'vitest';

afterEach(() => document.head.querySelector('base')?.remove());

test.each([
  ['/', ''],
  ['/homelab/', '/homelab'],
  ['/a/b/', '/a/b'],
])('in a document whose base is %s it is "%s"', async (href, path) => {
  const base = document.createElement('base');
  base.setAttribute('href', href);
  document.head.append(base);
  vi.resetModules();
  expect((await import('./base-path.ts')).BASE_PATH).toBe(path);
});

test('without one it is empty', async () => {
  vi.resetModules();
  expect((await import('./base-path.ts')).BASE_PATH).toBe('');
});
