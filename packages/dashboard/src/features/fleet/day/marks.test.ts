import { expect, test } from 'vitest';
import type { DayMark } from '@homelabcmd/protocol';
import { DAY_MS, dayStartMs, labelled, marksOf } from './marks.ts';

const NOW = Date.parse('2026-11-22T09:40:00.000Z');
const START = dayStartMs(NOW);
const after = (minutes: number) => new Date(START + minutes * 60_000).toISOString();

const mark = (over: Partial<DayMark>): DayMark => ({
  event_id: 1,
  kind: 'service_down',
  at: after(600),
  until: after(630),
  server_id: 'media-01',
  service_name: 'plex',
  action_id: null,
  detail: 'Failed',
  ...over,
});

test('the day ends with the hour that runs', () => {
  expect(new Date(START + DAY_MS).toISOString()).toBe('2026-11-22T10:00:00.000Z');
});

test('a mark stands where it began and is as long as it lasted', () => {
  const [one] = marksOf([mark({})], START, NOW);
  expect(one?.from).toBeCloseTo(600 / 1440);
  expect(one?.to).toBeCloseTo(630 / 1440);
  expect(one?.words).toMatch(/plex on media-01: Failed, until \d\d:\d\d$/);
});

test('what lasts reaches to now, and what began the day before begins with the ruler', () => {
  const [one] = marksOf([mark({ at: '2026-11-20T00:00:00.000Z', until: null })], START, NOW);
  expect(one?.from).toBe(0);
  expect(one?.to).toBeCloseTo((NOW - START) / DAY_MS);
  expect(one?.words).toMatch(/Failed, and still so$/);
});

test('what was over before the ruler begins is not on it', () => {
  expect(marksOf([mark({ at: after(-90), until: after(-60) })], START, NOW)).toEqual([]);
});

test('what happened in the same ten minutes is one mark, and a restart is one of its own', () => {
  const marks = marksOf(
    [
      mark({ at: after(601) }),
      mark({ at: after(604), service_name: 'sonarr' }),
      mark({
        kind: 'restart',
        at: after(608),
        until: after(608),
        action_id: 42,
        detail: 'Restarted',
      }),
    ],
    START,
    NOW,
  );
  expect(marks.map(({ label, actionId }) => [label, actionId])).toEqual([
    ['plex, sonarr', null],
    ['plex', 42],
  ]);
});

test('labels that would lie over each other give way to the newest', () => {
  const marks = marksOf([mark({ at: after(600) }), mark({ at: after(620) })], START, NOW);
  expect([...labelled(marks).values()]).toEqual(['right']);
});
