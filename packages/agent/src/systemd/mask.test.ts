import { expect, test } from 'vitest';
import { maskSecrets } from './mask.ts';

test.each([
  ['login with password=hunter2 failed', 'login with password=*** failed'],
  ['DB_PASSWORD="two words" set', 'DB_PASSWORD=*** set'],
  ['{"apiKey":"abc123","port":80}', '{"apiKey":***,"port":80}'],
  ['api_key: abc123, next', 'api_key: ***, next'],
  ['Authorization: Bearer eyJhbGciOi.J9.x', 'Authorization: ***'],
  ['authorization=Basic dXNlcjpwYXNz', 'authorization=***'],
  ['sent bearer abcdef123456 to peer', 'sent bearer *** to peer'],
  ['started with --token s3cr3t --port 80', 'started with --token *** --port 80'],
  ['--token=s3cr3t', '--token=***'],
  ['postgres://plex:s3cr3t@db:5432/x', 'postgres://plex:***@db:5432/x'],
  ['MYSQL_PWD=abc', 'MYSQL_PWD=***'],
  ['enrolled by hlce_0123456789abcdef', 'enrolled by hlce_***'],
])('%s', (text, masked) => {
  expect(maskSecrets(text)).toBe(masked);
});

test.each([
  'the password is wrong',
  'token expired',
  'Started plex.service - Plex Media Server.',
  'unexpected token } in JSON',
  'http://user@host/path',
])('nothing is hidden in: %s', (text) => {
  expect(maskSecrets(text)).toBe(text);
});

test('a long line does not take long', () => {
  const started = performance.now();
  maskSecrets(`password${' '.repeat(8000)}x token${'='.repeat(8000)}`);
  maskSecrets('a://'.repeat(2000));
  expect(performance.now() - started).toBeLessThan(500);
});
