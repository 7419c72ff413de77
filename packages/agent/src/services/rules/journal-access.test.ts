import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { JournalKept } from '../../systemd/port.ts';
import { journalAsChosen, readJournalAccess, withheldOf } from './journal-access.ts';

const OWNER = process.getuid?.() ?? 0;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-access-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const access = () =>
  readJournalAccess(
    {
      logsFile: join(folder, 'logs'),
      logsWatchedFile: join(folder, 'logs-watched'),
      allowFile: join(folder, 'restart-allowed'),
    },
    OWNER,
  );
const why = (unit: string) => withheldOf(unit, access());

/** Who was asked for lines of the unit, or the reason for which nobody was. */
async function askedFor(unit: string): Promise<string> {
  let asked = 'nobody';
  const readBy = (name: string) => async () => {
    asked = name;
    return [];
  };
  try {
    await journalAsChosen(access, readBy('journalctl'), readBy('reader'))(unit, 'a'.repeat(32), 5);
    return asked;
  } catch (cause) {
    if (!(cause instanceof JournalKept)) throw cause;
    return `${asked}: ${cause.withheld.reason}`;
  }
}

test('all: the agent reads for itself, whatever is listed', async () => {
  write('logs', '# words\nall\n');
  expect(await askedFor('plex.service')).toBe('journalctl');
});

test('an agent for which nothing was chosen reads what its user may', async () => {
  expect(await askedFor('plex.service')).toBe('journalctl');
});

test('none: nobody is asked, and there is nothing to type', async () => {
  write('logs', 'none\n');
  write('logs-watched', 'plex.service\n');
  expect(await askedFor('plex.service')).toMatch(/^nobody: This server keeps its journal to itself/);
  expect(why('plex.service')?.fix_command).toBeNull();
});

test('watched: the reader is asked for what is listed in either list, and for nothing else', async () => {
  write('logs', 'watched\n');
  write('logs-watched', '# sonarr.service\nplex.service\n*\n*.service\n');
  write('restart-allowed', 'radarr.service\n');
  expect(await askedFor('plex.service')).toBe('reader');
  expect(await askedFor('radarr.service')).toBe('reader');
  expect(await askedFor('sonarr.service')).toMatch(/^nobody: .* does not name this one/);
  expect(why('sonarr.service')?.fix_command).toBe(
    `echo 'sonarr.service' | sudo tee -a ${join(folder, 'logs-watched')}`,
  );
});

test.each(['', '# none\n', 'some\n', 'watched\nall\n', 'all \n'])(
  '%j is no choice, so nothing is shown',
  (text) => {
    write('logs', text);
    expect(why('plex.service')?.reason).toContain('must say one of none, watched and all');
  },
);

test.each([
  ['logs', 'all\n'],
  ['logs-watched', 'plex.service\n'],
])('%s that others can write shows nothing', (name, text) => {
  write('logs', 'watched\n');
  write(name, text);
  chmodSync(join(folder, name), 0o666);
  expect(why('plex.service')).toMatchObject({
    reason: expect.stringContaining('can be changed by others than root'),
    fix_command: expect.stringContaining('chmod 644'),
  });
});
