import { expect, test } from 'vitest';
import { planInstall } from './install-state.mjs';

const hub = { version: '1.0.0' };
const linter = { version: '2.0.0', dev: true };
const otherPlatform = { version: '3.0.0', optional: true };
const link = { link: true };

const locked = {
  '': {},
  'packages/hub': {},
  'node_modules/@homelabcmd/hub': link,
  'node_modules/fastify': hub,
  'node_modules/oxlint': linter,
  'node_modules/binding-arm64': otherPlatform,
};
const runtime = { 'node_modules/@homelabcmd/hub': link, 'node_modules/fastify': hub };
const all = { ...runtime, 'node_modules/oxlint': linter };

test.each([
  ['nothing is installed', undefined, 'runtime', 'runtime'],
  ['nothing is installed', undefined, 'all', 'all'],
  ['what runs is installed', runtime, 'runtime', undefined],
  ['what runs is installed', runtime, 'all', 'all'],
  ['all is installed', all, 'runtime', undefined],
  ['all is installed', all, 'all', undefined],
  [
    'a package of another version is installed',
    { ...runtime, 'node_modules/fastify': { version: '0.9.0' } },
    'runtime',
    'runtime',
  ],
  [
    'development has another version',
    { ...all, 'node_modules/fastify': { version: '0.9.0' } },
    'runtime',
    'all',
  ],
  [
    'a tool of another version is installed',
    { ...all, 'node_modules/oxlint': { version: '1.9.0', dev: true } },
    'runtime',
    undefined,
  ],
  [
    'a tool of another version is installed',
    { ...all, 'node_modules/oxlint': { version: '1.9.0', dev: true } },
    'all',
    'all',
  ],
  ['more is installed than the lock names', { ...all, 'node_modules/extra': hub }, 'all', undefined],
])('%s (%o), %s wanted: installs %s', (_, installed, wanted, expected) => {
  expect(planInstall({ locked, installed }, /** @type {'runtime' | 'all'} */ (wanted))).toBe(expected);
});
