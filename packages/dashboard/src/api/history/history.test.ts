import { expect, test } from 'vitest';
import { actionTold, anAction } from '../../testing/things.ts';
import { belongs, exportAddress, type HistoryFilter } from './filter.ts';
import { historyQuery } from './history.ts';

const done = (id: number) => anAction({ action_id: id, status: 'completed' });
const reducer = (filter: HistoryFilter, limit: number, offset: number) => {
  const reduce = historyQuery(filter, limit, offset).meta?.reduce;
  if (reduce === undefined) throw new Error('The history is not kept true by the stream');
  return reduce;
};

test('a page of the history takes in what ends, on its first page only, and never grows over its limit', () => {
  const page = { actions: [done(2), done(1)], total: 2 };
  const fact = actionTold(11, 'action.completed', done(3));
  expect(reducer({ status: 'completed' }, 2, 0)(page, fact)).toMatchObject({
    actions: [{ action_id: 3 }, { action_id: 2 }],
    total: 3,
  });
  expect(reducer({ status: 'completed' }, 2, 2)(page, fact)).toBe(page);
});

test('what ends stands where its number says, not where it ended', () => {
  const page = { actions: [done(9), done(4)], total: 2 };
  const fact = actionTold(11, 'action.rejected', anAction({ action_id: 7, status: 'rejected' }));
  expect(reducer({}, 50, 0)(page, fact)).toMatchObject({
    actions: [{ action_id: 9 }, { action_id: 7 }, { action_id: 4 }],
    total: 3,
  });
});

test('what has moved on and no longer matches leaves the page', () => {
  const page = { actions: [anAction({ status: 'executing' })], total: 1 };
  const fact = actionTold(11, 'action.completed', anAction({ status: 'completed' }));
  expect(reducer({ status: 'executing' }, 50, 0)(page, fact)).toEqual({ actions: [], total: 0 });
});

test.each<[HistoryFilter, boolean]>([
  [{}, true],
  [{ status: 'failed' }, true],
  [{ status: 'completed' }, false],
  [{ server: 'media-01' }, true],
  [{ server: 'media' }, false],
  [{ service: 'plex' }, true],
  [{ service: 'nginx' }, false],
  [{ q: 'MEDIA' }, true],
  [{ q: 'kim' }, true],
  [{ q: '%' }, false],
  [{ q: 'plex', status: 'failed', server: 'media-01' }, true],
  [{ q: 'plex', server: 'nas-01' }, false],
])('the page knows as the hub does what %o finds', (filter, isFound) => {
  expect(belongs(filter, anAction({ status: 'failed', approved_by: 'Kim' }))).toBe(isFound);
});

test('what waits for a decision is no history', () => {
  expect(belongs({}, anAction())).toBe(false);
});

test('the file holds exactly what the filters find', () => {
  const address = new URL(
    exportAddress({ status: 'failed', server: 'media-01', q: 'a&b' }, 'csv'),
    'http://hub',
  );
  expect(address.pathname).toBe('/api/v1/actions/export');
  expect(Object.fromEntries(address.searchParams)).toEqual({
    status: 'failed',
    server_id: 'media-01',
    q: 'a&b',
    format: 'csv',
  });
});
