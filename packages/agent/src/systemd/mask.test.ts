import { expect, test } from 'vitest';
import { maskSecrets, PATTERNS } from './mask.ts';

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
  ['{\\"password\\":\\"hunter2\\",\\"port\\":80}', '{\\"password\\":***,\\"port\\":80}'],
  ['password="with \\" a quote" end', 'password=*** end'],
  ['password="never ends here', 'password=***'],
  ['GET /x?access_token=abc123&page=2', 'GET /x?access_token=***&page=2'],
  ['X-Api-Key: abc123', 'X-Api-Key: ***'],
  ['Proxy-Authorization: Digest username="x"', 'Proxy-Authorization: ***'],
  ['Cookie: a=b; session=abcdef', 'Cookie: ***'],
  ['mysqldump --password s3cr3t --all-databases', 'mysqldump --password *** --all-databases'],
  ['app --db-password=s3cr3t --client-secret "a b"', 'app --db-password=*** --client-secret ***'],
  ['curl -u admin:s3cr3t http://nas', 'curl -u admin:*** http://nas'],
  ['sshpass -p s3cr3t ssh nas', 'sshpass -p *** ssh nas'],
  ['amqp://:s3cr3t@queue/', 'amqp://:***@queue/'],
  ['jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln ok', 'jwt *** ok'],
  ['key AKIAIOSFODNN7EXAMPLE used', 'key AKIA*** used'],
  ['aws_secret_access_key = wJalrXUtnFEMI/K7MDENG', 'aws_secret_access_key = ***'],
  ['pushed with ghp_0123456789abcdefghijABCDEFGHIJ012345', 'pushed with ghp_***'],
  [
    '-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----\nok',
    '-----BEGIN PRIVATE KEY-----***\nok',
  ],
  ['-----BEGIN OPENSSH PRIVATE KEY----- b3BlbnNza', '-----BEGIN OPENSSH PRIVATE KEY-----***'],
  ['MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj', '***'],
])('%s', (text, masked) => {
  expect(maskSecrets(text)).toBe(masked);
});

test.each([
  'the password is wrong',
  'token expired',
  'Started plex.service - Plex Media Server.',
  'unexpected token } in JSON',
  'http://user@host/path',
  'http://127.0.0.1:8080/a@b',
  'basic authentication failed',
  'Bearer authentication is not supported',
  'PWD=/srv/plex',
  'the token bucket is full: 5 requests',
  'password authentication for user plex',
  'Password authentication is off',
  'passed: 12, failed: 0',
  'compass heading: 40',
  'read 3 secrets from /run/secrets',
  '--token-file /etc/token --passwords-off',
  'sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '-----BEGIN CERTIFICATE-----',
  'sk-short and AKIASHORT',
  'started -u plex:media in /srv',
  'a cookie was set',
])('nothing is hidden in: %s', (text) => {
  expect(maskSecrets(text)).toBe(text);
});

test('each pattern finds its own example', () => {
  for (const { find, example } of PATTERNS) {
    expect([example, example.search(find) >= 0]).toEqual([example, true]);
    expect(maskSecrets(example)).toContain('***');
  }
});

const PIECES = [
  ...[
    'password',
    'password ',
    'password=',
    'password="',
    "token='",
    'token \\',
    'password \\"',
    '\\"',
    '"',
    "'",
    ' ',
    '-',
    '_',
    '/',
    '.',
    ':',
  ],
  ...[
    'a://',
    'a.',
    'a-',
    'a://b:',
    'a://b:c',
    'a:',
    '@',
    '://',
    'eyJ',
    'eyJaaaaaaaa-',
    'eyJaaaaaaaa.',
    'eyJaaaaaaaa.aaaaaaaa-',
  ],
  ...[
    '-----BEGIN PRIVATE KEY-----',
    '-----BEGIN ',
    '-----END ',
    '-----',
    'Authorization',
    'Authorization: ',
    'authorization= bearer ',
  ],
  ...[
    'bearer ',
    'basic a',
    'bearer aaaaaaaa',
    'cookie: ',
    'cookie:',
    '-u ',
    '-u a',
    '--user a:',
    'sshpass ',
    'sshpass -p ',
  ],
  ...[
    '--a-',
    '--a-b-c-password ',
    '--',
    'AKIA',
    'AIza',
    'sk-',
    'ghp_',
    'hlce_',
    'xoxb-',
    'A1b',
    'MII',
    '\u{1F600}',
    '\n',
  ],
];

test('a long line does not take long, whatever it repeats', () => {
  for (const piece of PIECES)
    for (const end of ['', '!', '"', '@', '\n']) {
      const text = piece.repeat(Math.ceil(100_000 / piece.length)) + end;
      const started = performance.now();
      maskSecrets(text);
      const tookMs = performance.now() - started;
      expect([piece, end, tookMs < 400 ? 'soon' : tookMs]).toEqual([piece, end, 'soon']);
    }
});
