import { expect, test } from 'vitest';
import { AlertEngine } from '../../src/alerts/engine.ts';
import { silence } from '../../src/alerts/people.ts';
import { createLogger } from '../../src/lib/log.ts';
import { deleteServer } from '../../src/servers/change.ts';
import { startTestStore } from '../store-fixture.ts';
import { FAILED, serverAs, serviceAs } from './world.ts';

test('what was told of an alert just before its server was removed keeps no other alert from firing, and it cannot be silenced', async () => {
  await using store = await startTestStore();
  const { db, log, clock } = store;
  for (const id of ['nas', 'attic']) await store.addServer(id);
  await using engine = await AlertEngine.open({
    ...{ db, log, clock, logger: createLogger('silent'), keptMs: 86_400_000 },
    present: async () => ({ servers: ['nas', 'attic'].map((id) => serverAs(id)), services: [] }),
  });
  const fails = (serverId: string) =>
    log.transaction((open) =>
      open.append({ type: 'service.changed', serverId, actor: 'hub' }, async () => ({
        service: serviceAs(serverId, 'plex', FAILED),
      })),
    );
  const follow = async () => engine.takeAll(await log.read(engine.cursor));
  for (const id of ['nas', 'attic'])
    await log.transaction((open) =>
      open.append({ type: 'server.changed', serverId: id, actor: 'hub' }, async () => ({
        server: serverAs(id),
      })),
    );
  await follow();
  clock.advance(600_000);
  await engine.look();
  await fails('nas');
  await follow();
  const [alert] = await db.selectFrom('alerts').selectAll().execute();
  expect(alert).toMatchObject({ state: 'firing', server_id: 'nas' });
  const told = { alert_id: alert?.alert_id ?? 0, channel: 'ntfy', occasion: 'fired' } as const;
  await log.transaction((open) =>
    open.append({ type: 'notification.delivered', serverId: 'nas', actor: 'hub' }, async () => told),
  );
  await deleteServer(log, 'nas', 'kim', true);
  const until = new Date(clock.nowMs() + 3_600_000).toISOString();
  const wish = { server_id: 'nas', tag: null, kind: null, subject: null, until, reason: 'a new disk' };
  const silenced = engine.act({ actor: 'kim', address: '' }, (draft, nowMs) => ({
    value: silence(draft, nowMs, 'kim', wish),
  }));
  await expect(silenced).rejects.toMatchObject({ code: 'not_found' });
  await fails('attic');
  await follow();
  expect(await db.selectFrom('alerts').select(['state', 'server_id']).execute()).toEqual([
    { state: 'firing', server_id: 'attic' },
  ]);
});

test.each([1, 3])(
  'an alert of a server that was removed is none of the server that has its name now, taken in %i at a time',
  async (atOnce) => {
    await using store = await startTestStore();
    const { db, log, clock } = store;
    await store.addServer('nas');
    await using engine = await AlertEngine.open({
      ...{ db, log, clock, logger: createLogger('silent'), keptMs: 86_400_000 },
      present: async () => ({ servers: [serverAs('nas')], services: [] }),
    });
    const tell = (type: 'server.created' | 'server.changed') =>
      log.transaction((open) =>
        open.append({ type, serverId: 'nas', actor: 'hub' }, async () => ({ server: serverAs('nas') })),
      );
    const fails = () =>
      log.transaction((open) =>
        open.append({ type: 'service.changed', serverId: 'nas', actor: 'hub' }, async () => ({
          service: serviceAs('nas', 'plex', FAILED),
        })),
      );
    await tell('server.changed');
    await engine.takeAll(await log.read(engine.cursor));
    clock.advance(600_000);
    await engine.look();
    await fails();
    await deleteServer(log, 'nas', 'kim', true);
    await store.addServer('nas');
    await tell('server.created');
    for (
      let events = await log.read(engine.cursor);
      events.length > 0;
      events = await log.read(engine.cursor)
    )
      await engine.takeAll(events.slice(0, atOnce));
    expect(await db.selectFrom('alerts').select('state').execute()).toEqual([]);
    await fails();
    await engine.takeAll(await log.read(engine.cursor));
    expect(await db.selectFrom('alerts').select('state').execute()).toEqual([{ state: 'firing' }]);
  },
);
