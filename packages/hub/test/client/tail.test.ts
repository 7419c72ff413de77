import { LiveEvent } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { API_KEY, disposableFolder, startTestHub } from '../hub-fixture.ts';
import { CommandProcess } from './command-process.ts';

const SLOW = { timeout: 120_000 };
const keyOf = (url: string) => ({ HOMELABCMD_HUB_URL: url, HOMELABCMD_API_KEY: API_KEY });

test('tail tells each event as it happens, from where it was asked to begin', SLOW, async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const before = (await hub.server('nas')).revision;
  await using all = new CommandProcess(['tail', '--json', '--since', String(before - 1)], keyOf(hub.url));
  await using some = new CommandProcess(
    ['tail', '--server', 'nas', '--type', 'action', '--since', '0'],
    keyOf(hub.url),
  );
  await all.printed(1);
  await hub.addServer('attic');
  await hub.restart('nas', 'plex');
  const events = (await all.printed(3)).map((line) => LiveEvent.parse(JSON.parse(line)));
  expect(events.slice(0, 3).map(({ type, server_id }) => `${type} ${server_id}`)).toEqual([
    'server.created nas',
    'server.created attic',
    'action.requested nas',
  ]);
  expect(await some.printed(1)).toEqual([
    expect.stringMatching(/^2\S+Z {2}nas {2}action\.requested {2}#1 restart of plex on nas: pending, waits/),
  ]);
});

test(
  'a hub that goes and comes again is followed on, with nothing lost and nothing told twice',
  SLOW,
  async () => {
    using folder = disposableFolder();
    const first = await startTestHub({ dataDir: folder.path });
    const port = Number(new URL(first.url).port);
    await using tail = new CommandProcess(['tail', '--json', '--since', '0'], keyOf(first.url));
    await first.addServer('one');
    await tail.printed(1);
    await first.stop();
    await expect.poll(() => tail.err, { timeout: 30_000 }).toContain('The connection to the hub is lost.');
    await using second = await startTestHub({ dataDir: folder.path, port });
    await second.addServer('two');
    await expect.poll(() => tail.err, { timeout: 30_000 }).toContain('The hub is there again.');
    await second.addServer('three');
    await expect.poll(() => tail.out, { timeout: 30_000 }).toContain('"three"');
    const events = tail.lines.map((line) => LiveEvent.parse(JSON.parse(line)));
    const created = events.filter(({ type }) => type === 'server.created').map(({ server_id }) => server_id);
    expect(created).toEqual(['one', 'two', 'three']);
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  },
);

test(
  'it ends well when nobody reads it any more, and by a refusal when its key is taken away',
  SLOW,
  async () => {
    await using hub = await startTestHub();
    const made = await hub.call<{ key: { key_id: string }; secret: string }>('POST', '/keys', {
      ...{ name: 'reader', scopes: ['read'] },
    });
    const reader = { HOMELABCMD_HUB_URL: hub.url, HOMELABCMD_API_KEY: made.body.secret };
    await using unread = new CommandProcess(['tail', '--since', '0'], keyOf(hub.url));
    await using revoked = new CommandProcess(['tail', '--since', '0'], reader);
    await unread.printed(1);
    await revoked.printed(1);
    unread.stopReading();
    await hub.addServer('nas');
    await hub.call('DELETE', `/keys/${made.body.key.key_id}`);
    expect(await revoked.ended()).toBe(3);
    expect(revoked.err).toContain('(unauthenticated)');
    await hub.addServer('attic');
    expect([await unread.ended(), unread.err]).toEqual([0, '']);
  },
);

test(
  'where the hub cannot go on from, it says that events are not told, and goes on from now',
  SLOW,
  async () => {
    await using hub = await startTestHub();
    await using tail = new CommandProcess(['tail', '--json', '--since', '999999'], keyOf(hub.url));
    await expect.poll(() => tail.err, { timeout: 30_000 }).toContain('some events are not told');
    await hub.addServer('nas');
    const [first = ''] = await tail.printed(1);
    expect(LiveEvent.parse(JSON.parse(first))).toMatchObject({ type: 'server.created', server_id: 'nas' });
  },
);
