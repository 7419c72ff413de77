import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { homelabcmd } from '../../../test/command-fixture.ts';
import { disposableFolder } from '../../../test/hub-fixture.ts';
import { COMMANDS } from '../registry.ts';

const NAMES = COMMANDS.map(({ name }) => name);
let bash = '';
let zsh = '';

beforeAll(async () => {
  bash = (await homelabcmd(['completion', 'bash'])).out;
  zsh = (await homelabcmd(['completion', 'zsh'])).out;
});

/** What bash offers for the last of these words. */
function offered(words: readonly string[], cwd = '/'): string[] {
  const script = `${bash}
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_homelabcmd
printf '%s\\0' "\${COMPREPLY[@]}"`;
  const given = ['-c', script, 'bash', 'homelabcmd', ...words];
  return execFileSync('bash', ['--norc', ...given], { cwd, encoding: 'utf8' })
    .split('\0')
    .filter((word) => word !== '');
}

test('bash offers every command, and of each its options and its words', () => {
  expect(offered([''])).toEqual(NAMES);
  expect(offered(['re'])).toEqual(NAMES.filter((name) => name.startsWith('re')));
  for (const { name, options } of COMMANDS)
    for (const option of Object.keys(options))
      expect([name, offered([name, `--${option}`])]).toEqual([name, expect.arrayContaining([`--${option}`])]);
  expect(offered(['migrate', 'r'])).toEqual(['run']);
  expect(offered(['completion', ''])).toEqual(expect.arrayContaining(['bash', 'zsh']));
  expect(offered(['help', 'appr'])).toEqual(['approve']);
  expect(offered(['paint', ''])).toEqual([]);
  expect(offered(['restart', '--timeout', ''])).toEqual([]);
});

test('bash offers files where a file is taken, also one with a blank in its name', () => {
  using folder = disposableFolder();
  writeFileSync(join(folder.path, 'a key'), '');
  mkdirSync(join(folder.path, 'a folder'));
  expect(offered(['status', '--key-file', 'a'], folder.path).toSorted(byText)).toEqual(['a folder', 'a key']);
  expect(offered(['restore', 'a k'], folder.path)).toEqual(['a key']);
});

const byText = (a: string, b: string): number => (a < b ? -1 : 1);

const problem = whatIsMissing();

describe.skipIf(problem !== null)(`zsh${problem ? `: ${problem}` : ''}`, () => {
  /** What is handed to the functions of zsh that complete, for the last of these words. */
  function handed(words: readonly string[]): string[] {
    const script = `compdef() { }
eval "$COMPLETION"
_describe() { print -rl -- "\${(P@)2}" }
_arguments() { print -rl -- "$@" }
words=("$@") CURRENT=$#
_homelabcmd`;
    const given = ['-f', '-c', script, 'zsh', 'homelabcmd', ...words];
    const env = { ...process.env, COMPLETION: zsh };
    return execFileSync('zsh', given, { encoding: 'utf8', env }).trimEnd().split('\n');
  }

  test('zsh is handed every command with what it does, and of each its options', () => {
    expect(handed([''])).toEqual(COMMANDS.map(({ name, summary }) => `${name}:${summary}`));
    for (const { name, options } of COMMANDS) {
      const specs = handed([name, '']);
      for (const option of Object.keys(options))
        expect(specs).toContainEqual(expect.stringMatching(new RegExp(`^--${option}\\[.+\\]`)));
    }
    expect(handed(['completion', ''])).toContain('1:bash|zsh:(bash zsh)');
    expect(handed(['migrate', ''])).toContain('1::status|run:(status run)');
    expect(handed(['status', ''])).toContainEqual(expect.stringMatching(/^--key-file\[.*\]:FILE:_files$/));
  });

  test('zsh takes what it is handed', () => {
    const script =
      'autoload -Uz compinit && compinit -u -D && eval "$COMPLETION" && print $_comps[homelabcmd]';
    const env = { ...process.env, COMPLETION: zsh };
    expect(execFileSync('zsh', ['-f', '-c', script], { encoding: 'utf8', env }).trim()).toBe('_homelabcmd');
  });
});

function whatIsMissing(): string | null {
  try {
    execFileSync('zsh', ['--version']);
    return null;
  } catch {
    return 'it is not here';
  }
}
