import { expect, test } from 'vitest';
import { aDiscovered, aService } from '../../../testing/things.ts';
import { groupsOf, readTyped } from './selection.ts';

const jellyfin = aDiscovered({ service_name: 'jellyfin', description: 'Media server' });
const nginx = aDiscovered({ service_name: 'nginx', rank: 'installed' });
const fstrim = aDiscovered({ service_name: 'fstrim', rank: 'background', description: 'Discard media' });
const all = [jellyfin, nginx, fstrim];
const shown = (search: string, showsBackground = false) =>
  groupsOf(all, search, showsBackground).map(({ rank, services }) => [
    rank,
    services.map((service) => service.service_name),
  ]);

test('what was made here comes first, and the background is left out until it is asked for', () => {
  expect(shown('')).toEqual([
    ['made_here', ['jellyfin']],
    ['installed', ['nginx']],
  ]);
  expect(shown('', true)).toHaveLength(3);
});

test('a search looks at names and descriptions, and in the background too', () => {
  expect(shown(' MEDIA ')).toEqual([
    ['made_here', ['jellyfin']],
    ['background', ['fstrim']],
  ]);
  expect(shown('nothing like it')).toEqual([]);
});

test.each([
  ['', 'nothing'],
  ['   ', 'nothing'],
  ['plex', 'expected'],
  ['plex.service', 'expected'],
  ['nginx', 'discovered'],
  ['nginx.service', 'discovered'],
  ['fstrim', 'discovered'],
  ['caddy', 'new'],
  ['backup@nas', 'new'],
  ['fstrim.timer', 'new'],
  ['cups.socket', 'new'],
  ['data.mount', 'invalid'],
  ['worker@', 'invalid'],
  ['syncthing.service@user:alice', 'invalid'],
  ['my service', 'invalid'],
  ['café', 'invalid'],
  ['-rf', 'invalid'],
  ['a\0b', 'invalid'],
  ['x'.repeat(256), 'invalid'],
])('%j is read as %s', (text, kind) => {
  expect(readTyped(text, all, [aService()]).kind).toBe(kind);
});
