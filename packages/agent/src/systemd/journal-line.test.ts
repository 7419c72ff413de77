import { expect, test } from 'vitest';
import { JournalLine } from '@homelabcmd/protocol';
import { parseJournalLine } from './journal-line.ts';

const line = (entry: object) =>
  parseJournalLine(JSON.stringify({ __REALTIME_TIMESTAMP: '1795386244931123', ...entry }));

test('a line of journalctl', () => {
  const parsed = line({ SYSLOG_IDENTIFIER: 'plex', _PID: '141', PRIORITY: '3', MESSAGE: 'no token=abc' });
  expect(JournalLine.parse(parsed)).toEqual({
    at: '2026-11-22T22:24:04.931Z',
    identifier: 'plex',
    pid: 141,
    priority: 3,
    message: 'no token=***',
  });
});

test.each([
  ['bytes that are not text', { MESSAGE: [104, 105, 255] }, 'hi\uFFFD'],
  ['a field given twice', { MESSAGE: ['one', 'two'] }, 'one two'],
  ['none', {}, ''],
  ['control characters stay text', { MESSAGE: '\u001b[31mred' }, '\u001b[31mred'],
])('a message: %s', (_name, entry, message) => {
  expect(line(entry)?.message).toBe(message);
});

test('a message is cut to what a frame takes, after its secrets were hidden', () => {
  const parsed = line({ MESSAGE: `${'x'.repeat(2040)} password=${'Q'.repeat(5000)}` });
  expect(parsed?.message).toHaveLength(2048);
  expect(parsed?.message).not.toContain('Q');
  expect(JournalLine.safeParse(line({ MESSAGE: '\u{1F600}'.repeat(3000) })).success).toBe(true);
});

test('what is no line is left out', () => {
  expect(parseJournalLine('')).toBeNull();
  expect(parseJournalLine('{"MESSAGE":"no time"}')).toBeNull();
  expect(parseJournalLine('-- No entries --')).toBeNull();
});
