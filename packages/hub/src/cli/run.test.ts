import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { homelabcmd } from '../../test/command-fixture.ts';
import { COMMANDS } from './registry.ts';

test.each([
  [[], /^homelabcmd: the hub/],
  [['bakcup'], /^There is no command "bakcup"\. Did you mean backup\?\n$/],
  [['paint'], /^There is no command "paint"\. homelabcmd help lists them\.\n$/],
  [['backup', '--too', 'x'], /^Unknown option '--too'\.\nUsage: homelabcmd backup /],
  [['backup', '--to'], /^Option '--to <value>' argument missing\.\nUsage: homelabcmd backup /],
  [['doctor', '--json=yes'], /does not take an argument\.\nUsage: homelabcmd doctor /],
  [['backup', 'here.db'], /^There is a word too many: "here\.db"\.\nUsage: /],
  [['restore'], /^FILE is missing\.\nUsage: homelabcmd restore FILE\n$/],
  [['migrate', 'back'], /^Say status or run, not "back"\.\nUsage: homelabcmd migrate \[status\|run\]\n$/],
  [['help', 'paint'], /^There is no command "paint"\./],
])('homelabcmd %j is called wrongly: exit code 2, and a sentence', async (words, sentence) => {
  const { code, out, err } = await homelabcmd(words);
  expect(code).toBe(2);
  expect(err).toMatch(sentence);
  expect(out).toBe('');
});

test('help lists every command, and each can say more of itself', async () => {
  const { code, out } = await homelabcmd(['help']);
  expect(code).toBe(0);
  for (const { name } of COMMANDS) {
    expect(out).toContain(`\n  ${name} `);
    const asked = await homelabcmd(['help', name]);
    expect(asked.out).toMatch(new RegExp(`^Usage: homelabcmd ${name}`));
    expect(await homelabcmd([name, '--help'])).toEqual(asked);
    expect(await homelabcmd([name, '-h'])).toEqual(asked);
  }
});

test('docs/command.md has a chapter for every command, and names every option', () => {
  const document = readFileSync(resolve(import.meta.dirname, '../../../../docs/command.md'), 'utf8');
  for (const { name, options } of COMMANDS) {
    expect(document).toMatch(new RegExp(`^## .*\`homelabcmd ${name}`, 'm'));
    for (const option of Object.keys(options)) expect(document).toContain(`--${option}`);
  }
});

test('the version is said with the schema and the Node.js that it runs on', async () => {
  const said = await homelabcmd(['--version']);
  expect(said.out).toMatch(/^homelabcmd \d+\.\d+\.\d+ \(schema \d{4}-\S+, Node\.js 24\.\S+\)\n$/);
  expect(await homelabcmd(['version'])).toEqual(said);
});

test('settings that cannot be used are named, and nothing is done', async () => {
  const { code, err } = await homelabcmd(['backup'], { HOMELABCMD_PORT: 'eighty' });
  expect(code).toBe(1);
  expect(err).toContain('HOMELABCMD_PORT: ');
});

test('what a command prints holds nothing that a terminal would obey', async () => {
  const { code, err } = await homelabcmd(['restore', '/nowhere/\u001B[2J\u202Eold.db']);
  expect(code).toBe(1);
  expect(err).toContain('⟨U+001B⟩[2J⟨U+202E⟩old.db');
});
