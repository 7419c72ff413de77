import { Probe } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { type ProbeDraft, draftOf, readDraft } from './probe-draft.ts';

const http = (over: Partial<ProbeDraft> = {}): ProbeDraft => ({
  ...draftOf(null),
  kind: 'http',
  url: 'http://127.0.0.1:8080/',
  ...over,
});
const tcp = (over: Partial<ProbeDraft> = {}): ProbeDraft => ({
  ...draftOf(null),
  kind: 'tcp',
  port: '5432',
  ...over,
});

test.each([
  ['an HTTP probe with the least', { kind: 'http', url: 'http://127.0.0.1:8080/' }],
  [
    'an HTTP probe with everything',
    {
      kind: 'http',
      url: 'https://localhost/health',
      expect_status: 204,
      expect_body: ' ok ',
      interval_ms: 60_000,
      timeout_ms: 500,
      failures_before_down: 1,
    },
  ],
  ['a TCP probe', { kind: 'tcp', host: '::1', port: 5432, interval_ms: 1500 }],
])('%s comes out of the fields as it went in', (_, input) => {
  const probe = Probe.parse(input);
  expect(readDraft(draftOf(probe))).toEqual({ probe });
});

test('no probe is no probe, whatever was typed before', () => {
  expect(readDraft({ ...http({ url: 'nonsense' }), kind: 'none' })).toEqual({ probe: null });
});

test('a new probe has the defaults of the protocol, in seconds', () => {
  expect(draftOf(null)).toMatchObject({
    intervalSeconds: '10',
    timeoutSeconds: '5',
    failures: '3',
    host: '127.0.0.1',
  });
});

test('the address that is offered is only finished by a port', () => {
  const { url } = draftOf(null);
  expect(readDraft(http({ url }))).toEqual({
    errors: { url: 'Put the number of the port in the place of PORT' },
  });
  expect(readDraft(http({ url: url.replace('PORT', '32400') }))).toMatchObject({
    probe: { url: 'http://127.0.0.1:32400/' },
  });
});

test.each<[string, ProbeDraft, Partial<ProbeDraft>]>([
  ['an address that is none', http({ url: 'plex' }), { url: expect.stringMatching(/http:\/\/ or https/) }],
  ['a password in the address', http({ url: 'http://me:secret@localhost/' }), { url: expect.any(String) }],
  [
    'a status that is none',
    http({ expectStatus: '20' }),
    { expectStatus: expect.stringMatching(/100 to 599/) },
  ],
  [
    'letters for a status',
    http({ expectStatus: 'ok' }),
    { expectStatus: expect.stringMatching(/whole number/) },
  ],
  ['a long text', http({ expectBody: 'x'.repeat(201) }), { expectBody: 'At most 200 characters' }],
  ['no port', tcp({ port: '' }), { port: expect.stringMatching(/1 to 65535/) }],
  ['a port too high', tcp({ port: '70000' }), { port: expect.stringMatching(/1 to 65535/) }],
  ['a host with a space', tcp({ host: 'a b' }), { host: 'Use an address or a host name' }],
  ['too often', tcp({ intervalSeconds: '0.5' }), { intervalSeconds: 'From 1 to 3600 s' }],
  ['no interval', tcp({ intervalSeconds: '' }), { intervalSeconds: 'From 1 to 3600 s' }],
  ['too patient', tcp({ timeoutSeconds: '61' }), { timeoutSeconds: 'From 0.1 to 60 s' }],
  ['no failure at all', tcp({ failures: '0' }), { failures: 'A whole number from 1 to 100' }],
  [
    'two at once',
    tcp({ port: 'x', failures: '1.5' }),
    { port: expect.any(String), failures: expect.any(String) },
  ],
])('%s is said at its own field', (_, draft, errors) => {
  expect(readDraft(draft)).toEqual({ errors });
});
