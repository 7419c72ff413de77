import { expect, test } from 'vitest';
import { FACTS } from '../../test/agent-fixture.ts';
import { disposableFolder } from '../../test/hub-fixture.ts';
import { openStore } from '../store/open.ts';
import { RollCall } from './roll-call.ts';

const AT = '2026-01-01T00:00:00.000Z';

test('when all who were there have been heard, and when one does not come, what waited is sent', async () => {
  using folder = disposableFolder();
  {
    await using store = await openStore(folder.path);
    await store.db
      .insertInto('servers')
      .values({
        ...{ server_id: 'gone', display_name: null, tags_json: '[]', liveness: 'online', liveness_since: AT },
        ...{ last_seen_at: AT, facts_json: JSON.stringify(FACTS), maintenance_json: '{}', created_at: AT },
        revision: 1,
      })
      .execute();
    using waits = await RollCall.open(store.db, 60_000);
    const ended: string[] = [];
    waits.whenOver(() => ended.push('all are there'));
    waits.present('nas');
    expect([waits.isOver, ended]).toEqual([false, []]);
    waits.present('gone');
    expect([waits.isOver, ended]).toEqual([true, ['all are there']]);
    using short = await RollCall.open(store.db, 5);
    const over = Promise.withResolvers<void>();
    short.whenOver(over.resolve);
    await over.promise;
    expect(short.isOver).toBe(true);
  }
});
