import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { disposableFolder } from '../test/hub-fixture.ts';
import { ConfigError, loadConfig, readConfig } from './config.ts';

const KEY = 'k'.repeat(32);

/** Settings as a hub finds them in this data folder. */
function load(dataDir: string, text: string, environment: Record<string, string> = {}) {
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(join(dataDir, 'homelabcmd.conf'), text);
  return loadConfig({}, { HOMELABCMD_DATA_DIR: dataDir, ...environment });
}

test('the file in the data folder is read; the environment goes before it; an empty value is none', () => {
  using folder = disposableFolder();
  const text = '# ours\n\nHOMELABCMD_PORT=9000\nHOMELABCMD_HOST="::1"\nHOMELABCMD_LOG_LEVEL=\nOTHER=thing\n';
  const { config, file } = load(folder.path, text, { HOMELABCMD_HOST: '0.0.0.0' });
  expect(config).toMatchObject({ port: 9000, host: '0.0.0.0', logLevel: 'info' });
  expect(file).toBe(join(folder.path, 'homelabcmd.conf'));
});

test('where each value came from is told, and no secret is', () => {
  using folder = disposableFolder();
  const text = `HOMELABCMD_PORT=9000\nHOMELABCMD_API_KEY='${KEY}'\n`;
  const loaded = load(folder.path, text, { HOMELABCMD_LOCAL_AGENT: 'off' });
  expect(loaded.config.apiKey).toBe(KEY);
  expect(loaded.origins).toEqual(
    expect.arrayContaining([
      { name: 'HOMELABCMD_PORT', shown: '9000', from: 'file' },
      { name: 'HOMELABCMD_API_KEY', shown: 'hidden', from: 'file' },
      { name: 'HOMELABCMD_LOCAL_AGENT', shown: 'off', from: 'environment' },
      { name: 'HOMELABCMD_HOST', shown: '127.0.0.1', from: 'default' },
      { name: 'HOMELABCMD_PUBLIC_URL', shown: null, from: 'default' },
    ]),
  );
  expect(JSON.stringify(loaded.origins)).not.toContain(KEY);
});

test('a file that is named may say where the data folder is, and the command line goes before all', () => {
  using folder = disposableFolder();
  const file = join(folder.path, 'any.conf');
  writeFileSync(file, 'HOMELABCMD_DATA_DIR=/srv/homelab\n');
  const environment = { HOMELABCMD_CONFIG: file };
  expect(loadConfig({}, environment).config.dataDir).toBe('/srv/homelab');
  const flags = { HOMELABCMD_DATA_DIR: '/elsewhere' };
  const { config, origins } = loadConfig(flags, environment);
  expect(config.dataDir).toBe('/elsewhere');
  expect(origins).toContainEqual({ name: 'HOMELABCMD_DATA_DIR', shown: '/elsewhere', from: 'command line' });
});

test.each([
  ['HOMELABCMD_PORT 80', /homelabcmd\.conf, line 1: Write KEY=value/],
  ['A=1\nexport HOMELABCMD_PORT=80', /line 2: Write KEY=value/],
  ['HOMELABCMD_HOST=a#b', /line 1: .*single quotes/],
  ['HOMELABCMD_HOST=a # here', /line 1: /],
  ['HOMELABCMD_HOST=a\\nb', /line 1: /],
  ['HOMELABCMD_HOST="a\\nb"', /line 1: /],
  ['HOMELABCMD_PORT=80\nHOMELABCMD_PORT=81', /line 2: HOMELABCMD_PORT is set twice/],
  [
    'HOMELABCMD_PROT=80',
    /HOMELABCMD_PROT: There is no such setting \(in .*\)\. Did you mean HOMELABCMD_PORT\?/,
  ],
  ['HOMELABCMD_DATA_DIR=/srv', /HOMELABCMD_DATA_DIR: .* cannot move it/],
  ['HOMELABCMD_CONFIG=/srv/x', /HOMELABCMD_CONFIG: .* cannot name another/],
  ['HOMELABCMD_PORT=eighty', /HOMELABCMD_PORT: Use a whole number/],
])('a settings file with %j is refused with its place', (text, sentence) => {
  using folder = disposableFolder();
  const refused = () => load(folder.path, text);
  expect(refused).toThrow(ConfigError);
  expect(refused).toThrow(sentence);
});

test('a file that was named and cannot be read is said to be so', () => {
  const refused = () => loadConfig({ HOMELABCMD_CONFIG: '/nowhere/x.conf' }, {});
  expect(refused).toThrow('The settings file /nowhere/x.conf cannot be read (ENOENT).');
});

test.each([
  ['HOMELABCMD_APIKEY', 'Did you mean HOMELABCMD_API_KEY?'],
  ['HOMELABCMD_STALE_AFTER', 'Did you mean HOMELABCMD_STALE_AFTER_MS?'],
  ['HOMELABCMD_SOMETHING_ELSE_ALTOGETHER', 'Take it out.'],
])('%s in the environment is no setting: it is named, and the nearest that is', (name, advice) => {
  expect(() => readConfig({ [name]: 'x' })).toThrow(`${name}: There is no such setting. ${advice}`);
  expect(readConfig({ [name]: '' })).toEqual(readConfig({}));
});

test.each([
  'postgres://hub:secret@db.example.org:5433/homelab',
  'postgresql://db/homelab?sslmode=verify-full',
  'postgres:///homelab?host=/var/run/postgresql',
  'postgres://hub@%2Fvar%2Frun%2Fpostgresql/homelab',
])('%s is where a store can be', (url) => {
  expect(readConfig({ HOMELABCMD_DATABASE_URL: url }).databaseUrl).toBe(url);
});
