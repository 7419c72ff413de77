import { appendFileSync, chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { AllowFileWatch, parseAllowList, readAllowList } from './allow-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'allow-'));
const ownUid = process.getuid?.() ?? 0;
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ['', []],
  ['plex.service\n', ['plex.service']],
  ['plex.service', ['plex.service']],
  ['# media\n\n#x.service\nplex.service\njelly@1.service\n', ['plex.service', 'jelly@1.service']],
  ['  plex.service\nsonarr.service \n', ['  plex.service', 'sonarr.service ']],
  ['plex.service # not a comment here\n', ['plex.service # not a comment here']],
])('%j', (text, units) => {
  expect([...parseAllowList(text)]).toEqual(units);
});

test('a missing file allows nothing and is no problem', () => {
  expect(readAllowList(join(folder, 'none'), ownUid)).toMatchObject({ lines: new Set(), problem: null });
});

test('a file that others can write, or that someone else owns, is not trusted', () => {
  const path = join(folder, 'open');
  writeFileSync(path, 'plex.service\n');
  chmodSync(path, 0o664);
  const open = readAllowList(path, ownUid);
  expect(open.lines.size).toBe(0);
  expect(open.problem).toContain('not trusted');
  expect(open.fixCommand).toContain(`chmod 644 ${path}`);
  chmodSync(path, 0o644);
  expect(readAllowList(path, ownUid)).toMatchObject({ lines: new Set(['plex.service']), problem: null });
  expect(readAllowList(path, ownUid + 1).problem).toContain('not trusted');
});

test('a folder is not a list', () => {
  expect(readAllowList(folder, ownUid).problem).not.toBeNull();
});

test('a change is told, whether the file is written or replaced, and others are not', async () => {
  const path = join(folder, 'watched');
  const changed = vi.fn<() => void>();
  using _watch = new AllowFileWatch([path, join(folder, 'missing-folder/x')], changed);
  writeFileSync(path, 'a.service\n');
  await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(1));
  appendFileSync(path, 'b.service\n');
  await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(2));
  writeFileSync(`${path}.tmp`, 'c.service\n');
  renameSync(`${path}.tmp`, path);
  await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(3));
  expect(readAllowList(path, ownUid).lines).toEqual(new Set(['c.service']));
});
