import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Updates, UpdatesFile } from '@homelabcmd/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';

const SCRIPT = fileURLToPath(new URL('look-for-updates', import.meta.url));
const TOOLS = ['date', 'ls', 'head', 'awk', 'mv', 'chmod', 'sort', 'wc'];
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'homelabcmd-look-'));
  for (const tool of TOOLS) {
    const found = ['/usr/bin', '/bin'].map((place) => join(place, tool)).find((path) => existsSync(path));
    if (found !== undefined) symlinkSync(found, join(folder, tool));
  }
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the script where only this package manager is installed. */
function lookWith(manager: string, answers: string): Omit<Updates, 'looked_at' | 'lists_at'> {
  if (manager !== '') {
    writeFileSync(join(folder, manager), `#!/bin/sh\n${answers}\n`);
    chmodSync(join(folder, manager), 0o755);
  }
  const { status, stderr } = spawnSync('/bin/sh', [SCRIPT, folder], {
    env: { PATH: folder },
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  const {
    looked_at,
    lists_at: _,
    ...rest
  } = UpdatesFile.parse(JSON.parse(readFileSync(join(folder, 'updates.json'), 'utf8')));
  expect(Math.abs(Date.now() - Date.parse(looked_at))).toBeLessThan(60_000);
  expect(existsSync(join(folder, 'updates.json.new'))).toBe(false);
  return rest;
}

test('of apt it counts what has an older one here, and what comes from where security comes from', () => {
  const simulated = [
    'Reading package lists...',
    'Inst libssl3 [3.0.1-1] (3.0.2-1 Debian-Security:12/stable-security [amd64])',
    'Inst nano-security [7.1-1] (7.2-1 Debian:12.5/stable [amd64])',
    'Inst linux-image-6.1 (6.1.9 Debian-Security:12/stable-security [amd64])',
    'Conf libssl3 (3.0.2-1 Debian-Security:12/stable-security [amd64])',
  ].join('\n');
  expect(lookWith('apt-get', `printf '%s\\n' '${simulated}'`)).toMatchObject({
    manager: 'apt',
    pending: 2,
    security: 1,
  });
});

test('of dnf it counts by the exit code of each question', () => {
  const answers = `case "$*" in
    *check-update*) printf '%s\\n' 'bash.x86_64  5.2  updates' 'curl.x86_64  8.1  updates' 'Obsoleting Packages' 'a.noarch 1 b'; exit 100 ;;
    *updateinfo*) printf '%s\\n' 'FEDORA-1 Important/Sec. curl-8.1.x86_64' 'FEDORA-2 Low/Sec. curl-8.1.x86_64' ;;
    *needs-restarting*) echo 'Reboot is required to fully utilize these updates.'; exit 1 ;;
  esac`;
  expect(lookWith('dnf', answers)).toEqual({
    v: 1,
    manager: 'dnf',
    pending: 2,
    security: 1,
    reboot_required: true,
  });
});

test('an apt that cannot work out an upgrade has not said that nothing waits', () => {
  expect(lookWith('apt-get', "echo 'E: Unmet dependencies.' >&2; exit 100")).toMatchObject({
    ...{ manager: 'apt', pending: null, security: null },
  });
});

test('a dnf that cannot say what is for security, or whether a start is due, has not said it', () => {
  const answers = `case "$*" in
    *check-update*) echo 'bash.x86_64  5.2  updates'; exit 100 ;;
    *) echo 'No such command: needs-restarting. Please use /usr/bin/dnf --help' >&2; exit 1 ;;
  esac`;
  expect(lookWith('dnf', answers)).toMatchObject({ pending: 1, security: null, reboot_required: null });
});

test('of the table of a newer dnf, with its head and its times, it counts the packages', () => {
  const answers = `case "$*" in
    *updateinfo*) printf '%s\\n' \
      'Name                   Type     Severity                    Package              Issued' \
      'FEDORA-2024-a1b2c3d4e5 security Important curl-8.6.0-8.fc40.x86_64 2024-05-01 01:25:23' \
      'FEDORA-2024-a1b2c3d4e6 security Low       bash-5.2.26-3.fc40.x86_64 2024-05-02 01:25:23' \
      'FEDORA-2024-a1b2c3d4e7 security Low       nano-7.2-7.fc40.x86_64 2024-05-02 01:25:23' ;;
  esac`;
  expect(lookWith('dnf', answers)).toMatchObject({ security: 3, reboot_required: false });
});

test('what it cannot count is not known, and is no zero', () => {
  expect(lookWith('dnf', 'exit 1')).toMatchObject({ manager: 'dnf', pending: null, security: null });
  rmSync(join(folder, 'dnf'));
  expect(lookWith('', '')).toMatchObject({ manager: 'none', pending: null, security: null });
});
