import { expect, test } from 'vitest';
import { aServer, aService } from '../../../testing/things.ts';
import { isFound, readFleetSearch } from './search.ts';

test.each([
  [
    { q: 'plex', show: 'offline', tag: 'media' },
    { q: 'plex', show: 'offline', tag: 'media' },
  ],
  [
    { q: '  ', show: 'everything', tag: 'No Tag' },
    { q: undefined, show: undefined, tag: undefined },
  ],
  [
    { q: 42, show: ['offline'], tag: {}, other: 1 },
    { q: '42', show: undefined, tag: undefined },
  ],
])('what of an address can be understood is taken, the rest is dropped: %j', (search, understood) => {
  expect(readFleetSearch(search)).toEqual(understood);
});

test.each([
  ['MEDIA', true],
  ['cinema', true],
  ['#transcode', true],
  ['plex', true],
  ['jellyfin media', false],
  ['plex media', true],
])('a server is found by id, name, tag or service: %s', (q, found) => {
  const server = aServer({ display_name: 'Cinema', tags: ['transcode'] });
  expect(isFound(server, [aService()], q)).toBe(found);
});
