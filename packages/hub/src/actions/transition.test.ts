import {
  type ActionStatus,
  ActionStatus as Status,
  NEXT_STATUSES,
  isFinal,
  isOpen,
} from '@homelabcmd/protocol';
import { beforeAll, describe, expect, test } from 'vitest';
import { disposableFolder } from '../../test/hub-fixture.ts';
import { pathTo } from '../../test/store-fixture.ts';
import { openTestStore, readRows, writeRows } from '../../test/store-access.ts';
import { EventLog } from '../events/log.ts';
import { systemClock } from '../lib/clock.ts';
import { selectActions } from './rows.ts';
import { transition } from './transition.ts';

const STATUSES = Status.options;
const PAIRS = STATUSES.flatMap((from) => STATUSES.map((to) => [from, to] as const));

describe('the database, against any code', () => {
  let lastId = 0;
  let folder: ReturnType<typeof disposableFolder>;

  beforeAll(async () => {
    folder = disposableFolder();
    await (await openTestStore(folder.path))[Symbol.asyncDispose]();
    write(`INSERT INTO servers VALUES
      ('nas', NULL, '[]', 'never_seen', '2026-01-01T00:00:00.000Z', NULL, NULL, '{}', '2026-01-01T00:00:00.000Z', 1)`);
    return () => {
      folder[Symbol.dispose]();
    };
  });

  const write = (statement: string, ...values: (string | number | null)[]) =>
    writeRows(folder.path, statement, values);

  function insert(status: ActionStatus, target = `systemd:${lastId + 1}.service`): number {
    lastId += 1;
    write(
      `INSERT INTO actions (action_id, order_id, kind, server_id, service_name, target, command, verb, status, version,
           revision, digest, also_restarts_json, created_at, created_by, approved_digest, settle_ms)
         VALUES (?, ?, 'restart_service', 'nas', 'x', ?, 'x', 'restart', ?, 0, 1, 'd', '[]', 'now', 'me', 'd', 1)`,
      ...[lastId, `order ${lastId}`, target, status],
    );
    return lastId;
  }

  const move = (id: number, to: ActionStatus) =>
    write('UPDATE actions SET status = ? WHERE action_id = ?', to, id);

  test.each(PAIRS)('%s → %s', (from, to) => {
    const id = insert('pending');
    for (const step of pathTo(from)) move(id, step);
    const isLegal = NEXT_STATUSES[from].includes(to);
    if (isLegal || from === to) move(id, to);
    else expect(() => move(id, to)).toThrow('no action takes this step');
    const [row] = readRows<{ status: string }>(
      folder.path,
      'SELECT status FROM actions WHERE action_id = ?',
      [id],
    );
    expect(row?.status).toBe(isLegal ? to : from);
  });

  test('its table of steps is the protocol’s', () => {
    const rows = readRows<object>(folder.path, 'SELECT from_status, to_status FROM action_status_steps');
    const stored = rows.map((row) => Object.values(row).join(' → '));
    const ours = STATUSES.flatMap((from) => NEXT_STATUSES[from].map((to) => `${from} → ${to}`));
    expect(stored.toSorted()).toEqual(ours.toSorted());
  });

  test.each(STATUSES.filter((status) => status !== 'pending'))('no action begins as %s', (status) => {
    expect(() => insert(status)).toThrow('an action begins as pending');
  });

  test('no action is approved without the digest that was shown', () => {
    const id = insert('pending');
    const approve = (digest: string | null) =>
      write("UPDATE actions SET status = 'approved', approved_digest = ? WHERE action_id = ?", digest, id);
    expect(() => approve('another')).toThrow(/check/i);
    expect(() => approve(null)).toThrow(/check/i);
    approve('d');
  });

  test.each(STATUSES)(
    'beside one that is %s, a second for the same target is possible only when that is final',
    (status) => {
      const target = `systemd:beside-${status}.service`;
      const id = insert('pending', target);
      for (const step of pathTo(status)) move(id, step);
      if (isOpen(status)) expect(() => insert('pending', target)).toThrow(/unique/i);
      else expect(insert('pending', target)).toBe(lastId);
    },
  );

  test('audit entries are neither changed nor deleted, and one follows the other without a gap', () => {
    const add = (id: number, prevHash: string, hash: string) =>
      write(
        "INSERT INTO audit_entries VALUES (?, NULL, 'now', 'me', 'v', 'nas', NULL, '{}', 1, ?, ?)",
        ...[id, prevHash, hash],
      );
    add(1, 'genesis', 'first');
    expect(() => add(3, 'first', 'third')).toThrow('follows the newest one');
    expect(() => add(1, 'first', 'again')).toThrow('follows the newest one');
    expect(() => add(2, 'other', 'second')).toThrow('follows the newest one');
    add(2, 'first', 'second');
    expect(() => write("UPDATE audit_chain SET chain_id = 'mine'")).toThrow('never changed');
    expect(() => write('DELETE FROM audit_chain')).toThrow('never deleted');
    expect(() => write("UPDATE audit_entries SET actor = 'you'")).toThrow('never changed');
    expect(() => write('DELETE FROM audit_entries')).toThrow('never deleted');
  });
});

describe('the code', () => {
  test('takes every legal step and refuses every other with `action_moved_on`', async () => {
    using folder = disposableFolder();
    await using store = await openTestStore(folder.path);
    const log = await EventLog.open(store.db, systemClock);
    let lastId = 0;
    for (const [from, to] of PAIRS) {
      lastId += 1;
      const id = lastId;
      await store.db.transaction().execute(async (tx) => {
        await tx
          .insertInto('servers')
          .values({
            server_id: 'nas',
            tags_json: '[]',
            liveness: 'never_seen',
            liveness_since: 'now',
            maintenance_json: '{}',
            created_at: 'now',
            revision: 1,
          })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        await tx.insertInto('actions').values(pendingRow(id)).execute();
        for (const status of pathTo(from))
          await tx.updateTable('actions').set({ status }).where('action_id', '=', id).execute();
      });
      const [row] = await selectActions(store.db, 0).where('action_id', '=', id).execute();
      if (!row || to === 'pending') continue;
      const taken = log.transaction((open) => transition(open, row, to, { actor: 'me', detail: 'so' }));
      if (NEXT_STATUSES[from].includes(to)) {
        const action = await taken;
        expect([action.status, action.version, action.revision]).toEqual([to, 1, log.head]);
        expect(action.finished_at !== null).toBe(isFinal(to));
        // The same row again is a copy of the past: compare-and-set refuses it.
        await expect(
          log.transaction((open) => transition(open, row, to, { actor: 'me', detail: 'again' })),
        ).rejects.toMatchObject({ code: 'action_moved_on' });
      } else {
        await expect(taken).rejects.toMatchObject({
          code: 'action_moved_on',
          extra: { action_status: from },
        });
      }
    }
    const { length } = PAIRS.filter(([from, to]) => NEXT_STATUSES[from].includes(to));
    expect(log.head).toBe(length);
  });
});

const pendingRow = (id: number) => ({
  action_id: id,
  order_id: `order ${id}`,
  kind: 'restart_service' as const,
  server_id: 'nas',
  service_name: 'x',
  target: `systemd:x${id}.service`,
  command: 'x',
  verb: 'restart' as const,
  status: 'pending' as const,
  version: 0,
  revision: 0,
  digest: 'd',
  also_restarts_json: '[]',
  created_at: '2026-01-01T00:00:00.000Z',
  created_by: 'me',
  approved_digest: 'd',
  settle_ms: 1,
});
