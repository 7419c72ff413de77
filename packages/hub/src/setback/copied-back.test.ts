import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Action, type Freeze, StreamHello } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { homelabcmd } from '../../test/command-fixture.ts';
import { disposableFolder, startTestHub, type TestHub } from '../../test/hub-fixture.ts';
import { TestStream } from '../../test/stream-fixture.ts';

const freezeOf = async (hub: TestHub) => (await hub.call<Freeze>('GET', '/freeze')).body;

/** A hub whose store was set back by the given means, after something that the copy does not have. */
async function setBack(restore: (dataDir: string, copy: string) => void | Promise<unknown>) {
  const folder = disposableFolder();
  const [dataDir, copy] = [join(folder.path, 'data'), join(folder.path, 'copy.db')];
  let cursor: number;
  {
    await using hub = await startTestHub({ dataDir });
    await hub.addServer('nas');
    await hub.restart('nas', 'plex');
    await homelabcmd(['backup', '--to', copy, '--data-dir', dataDir]);
    for (let n = 0; n < 5; n += 1) await hub.restart('nas', `later-${n}`);
    cursor = hub.rows<{ last: number }>(`SELECT last FROM hub_counters WHERE name = 'event'`)[0]?.last ?? 0;
  }
  await restore(dataDir, copy);
  const hub = await startTestHub({ dataDir });
  return {
    ...{ hub, cursor },
    async [Symbol.asyncDispose]() {
      await hub[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

const byHand = (dataDir: string, copy: string) => {
  const store = join(dataDir, 'homelabcmd.db');
  for (const suffix of ['', '-wal', '-shm']) rmSync(store + suffix, { force: true });
  copyFileSync(copy, store);
};

test('a store that was copied back by hand is noticed at the start, before anybody has said a word', async () => {
  await using it = await setBack(byHand);
  expect((await freezeOf(it.hub)).reason).toMatch(/older than what the data folder has seen: entry /);
  const [action] = (await it.hub.call<{ actions: Action[] }>('GET', '/actions')).body.actions;
  expect(action).toMatchObject({ service_name: 'plex', status: 'expired' });
});

test('`homelabcmd restore` freezes the fleet, with a reason that a person understands, and once', async () => {
  await using it = await setBack((dataDir, copy) => homelabcmd(['restore', copy, '--data-dir', dataDir]));
  expect((await freezeOf(it.hub)).reason).toMatch(
    /was restored from a backup: it ends at entry 3 of the audit/,
  );
  await it.hub.call('PUT', '/freeze', { on: false });
  await it.hub.stop();
  await using again = await startTestHub({ dataDir: it.hub.dataDir });
  expect((await freezeOf(again)).on).toBe(false);
});

test('a copy that has all there was is no setback, by the command or by hand', async () => {
  for (const isByHand of [true, false]) {
    using folder = disposableFolder();
    const [dataDir, copy] = [join(folder.path, 'data'), join(folder.path, 'copy.db')];
    {
      await using hub = await startTestHub({ dataDir });
      await hub.addServer('nas');
      await homelabcmd(['backup', '--to', copy, '--data-dir', dataDir]);
    }
    if (isByHand) byHand(dataDir, copy);
    else
      expect((await homelabcmd(['restore', copy, '--data-dir', dataDir])).out).toContain(
        'will not be frozen',
      );
    await using hub = await startTestHub({ dataDir });
    expect((await freezeOf(hub)).on).toBe(false);
  }
});

test('a page that holds a number of the lost events reads the lists anew, also when the numbers have caught up', async () => {
  await using it = await setBack(byHand);
  await using early = await TestStream.open(it.hub, String(it.cursor));
  expect(StreamHello.parse((await early.first('hello')).data).resumed).toBe(false);
  for (let n = 0; n < 12; n += 1) await it.hub.restart('nas', `after-${n}`);
  await using late = await TestStream.open(it.hub, String(it.cursor));
  expect(StreamHello.parse((await late.first('hello')).data).resumed).toBe(false);
});
