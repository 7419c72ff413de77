import { softwareApprover } from '@homelabcmd/testkit/approver';
import { expect, test } from 'vitest';
import { approverLine, readApproverLine } from './approver-key.ts';

const { key } = softwareApprover();
const other = softwareApprover({ algorithm: 'EdDSA' }).key;

test.each([
  key,
  other,
  { ...key, name: 'Kim’s key, the blue one' },
  { ...key, origins: ['https://hub.example.org:8443', 'https://www.hub.example.org'] },
  { ...key, rp_id: 'localhost', origins: ['http://localhost:8080'] },
])('a key is read as it was written', (one) => {
  expect(readApproverLine(approverLine(one))).toEqual(one);
});

test('the line of a key says its kind first, and whose it is last', () => {
  expect(approverLine(key)).toMatch(/^es256:[\w-]{86} [\w-]{43} hub\.example\.org Kim's phone$/);
  expect(approverLine(other)).toMatch(/^ed25519:[\w-]{43} [\w-]{43} hub\.example\.org Kim's phone$/);
});

test('blanks around and between do not matter', () => {
  const spaced = ['', key.public_key, key.credential_id, key.rp_id, `${key.name} \r`].join(' \t ');
  expect(readApproverLine(spaced)).toEqual(key);
});

const line = approverLine(key);
test.each([
  ['nothing', ''],
  ['a comment', `# ${line}`],
  ['no name', line.slice(0, line.indexOf(' hub.') + ' hub.example.org'.length)],
  ['another kind of key', line.replace('es256:', 'rs256:')],
  ['a key of another kind', line.replace('es256:', 'ed25519:')],
  ['half a key', line.replace(/^es256:.{40}/, 'es256:')],
  ['an id that is no id', line.replace(key.credential_id, '!')],
  ['a site in capitals', line.replace('hub.example.org', 'Hub.example.org')],
  ['a page elsewhere', line.replace('hub.example.org', 'hub.example.org,https://evil.example.org')],
  [
    'a page that only looks like it',
    line.replace('hub.example.org', 'hub.example.org,https://evilhub.example.org'),
  ],
  ['a page without TLS', line.replace('hub.example.org', 'hub.example.org,http://hub.example.org')],
  ['a page with a path', line.replace('hub.example.org', 'hub.example.org,https://hub.example.org/')],
  ['a name of 101 characters', line.replace("Kim's phone", 'x'.repeat(101))],
  ['a name with a bell', line.replace("Kim's phone", 'Kim\u0007s')],
])('%s is no line of a key', (_what, text) => {
  expect(readApproverLine(text)).toBeNull();
});
