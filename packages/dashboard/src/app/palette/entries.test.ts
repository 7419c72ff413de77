import { expect, test } from 'vitest';
import { aServer, aService, anAlert } from '../../testing/things.ts';
import { findEntries } from './entries.ts';

const known = {
  may: () => true,
  alerts: [anAlert({ title: 'The disk / of nas-01 is full', server_id: 'nas-01', subject: '/' })],
  servers: [aServer(), aServer({ server_id: 'nas-01', display_name: 'The big one' })],
  services: [
    aService({ service_name: 'plexmediaserver' }),
    aService({ service_name: 'plex-exporter', open_action_id: 42 }),
    aService({ service_name: 'smbd', server_id: 'nas-01' }),
  ],
};
const found = (typed: string) =>
  findEntries(known, typed).map(({ words, where }) => `${words} ${where}`.trim());

test('nothing typed: the pages and the servers', () => {
  expect(found('')).toContain('Go to Fleet');
  expect(found('')).toContain('Go to media-01');
});

test('each word is looked for, in any case and order', () => {
  expect(found('MEDIA plexm rest')).toEqual(['Restart plexmediaserver on media-01']);
});

test('where the word begins a name stands first', () => {
  expect(found('med')[0]).toBe('Go to media-01');
});

test('a server is found by the name that people gave it', () => {
  expect(found('big one')).toEqual(['Go to The big one nas-01']);
});

test('where a restart is open already, that is where it leads', () => {
  expect(findEntries(known, 'restart exporter')).toMatchObject([{ kind: 'open-action', actionId: 42 }]);
});

test('what is called nothing like that is not found', () => {
  expect(found('zzz')).toEqual([]);
});

test('an open alert is found by its title, to go there or to acknowledge it', () => {
  expect(found('disk')).toEqual([
    'Go to The disk / of nas-01 is full alert #5',
    'Acknowledge The disk / of nas-01 is full alert #5',
  ]);
  expect(found('acknowledge disk')).toEqual(['Acknowledge The disk / of nas-01 is full alert #5']);
});
