import type { HubFrame, Verification } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { connectAgent } from '../../test/agent-fixture.ts';
import { letEntriesBeEdited, lengthenChain } from '../../test/audit/chain.ts';
import { startTestHub, type TestHub } from '../../test/hub-fixture.ts';

const read = async (hub: TestHub) => (await hub.call<Verification>('GET', '/audit/verification')).body;

/** Begins a check and waits until it is over. */
async function check(hub: TestHub): Promise<NonNullable<Verification['last']>> {
  expect((await hub.call('POST', '/audit/verification')).status).toBe(200);
  await expect.poll(async () => (await read(hub)).running, { interval: 5 }).toBeNull();
  const { last } = await read(hub);
  if (last === null) throw new Error('no check came to its end');
  return last;
}

test('nothing is said of a chain that nobody has checked; a check says how many hold, up to where, and when', async () => {
  await using hub = await startTestHub();
  await lengthenChain(hub, 600, () => ({}));
  expect(await read(hub)).toEqual({ running: null, last: null, failed: null });
  const [newest] = hub.rows('SELECT id, hash FROM audit_entries ORDER BY id DESC LIMIT 1');
  expect(await check(hub)).toEqual({
    checked_at: expect.stringMatching(/^20/),
    took_ms: expect.any(Number),
    entries: 601,
    head: { entry: 601, hash: newest?.['hash'] },
    ...{ holds: true, fault_count: 0, faults: [], witnesses: [] },
  });
});

test('a chain that was edited does not hold, and the entry is named', async () => {
  await using hub = await startTestHub();
  await lengthenChain(hub, 300, () => ({}));
  await letEntriesBeEdited(hub);
  await hub.write("UPDATE audit_entries SET actor = 'nobody' WHERE id = 77");
  expect(await check(hub)).toMatchObject({
    holds: false,
    fault_count: 1,
    faults: [
      { kind: 'edited', entry: 77, sentence: 'Entry 77 was edited: its hash is not that of its content.' },
    ],
  });
  await hub.write("UPDATE audit_entries SET actor = 'kim' WHERE id = 77");
  expect(await check(hub)).toMatchObject({ holds: true, fault_count: 0 });
});

test('a check tells how far it has come, is one however often it is asked for, and lets the hub answer', async () => {
  await using hub = await startTestHub();
  await lengthenChain(hub, 9000, () => ({}));
  const begun = await hub.call<Verification>('POST', '/audit/verification');
  expect(begun.body.running).toMatchObject({ total: 9001 });
  const seen = new Set<number>();
  let again = 0;
  for (;;) {
    const { running } = (await hub.call<Verification>(again++ % 2 ? 'GET' : 'POST', '/audit/verification'))
      .body;
    if (running?.started_at !== begun.body.running?.started_at) break;
    if (running !== null) seen.add(running.checked);
  }
  expect(seen.size).toBeGreaterThan(3);
  expect([...seen]).toEqual([...seen].toSorted((a, b) => a - b));
  expect((await check(hub)).entries).toBe(9001);
});

test('what the agents hold is compared too, and who holds another chain is named with what differs', async () => {
  await using hub = await startTestHub();
  await lengthenChain(hub, 5, () => ({}));
  await hub.addServer('attic');
  await using nas = await connectAgent(hub, 'nas');
  await using liar = await connectAgent(hub, 'liar');
  const [third] = hub.rows<{ hash: string }>('SELECT hash FROM audit_entries WHERE id = 3');
  const order = { order_id: '01890a5d-ac96-774b-bcce-000000000001', at: '2026-01-01T00:00:00.000Z' };
  const holding = (agent: typeof nas, hash: string) => (frame: HubFrame) => {
    if (frame.type !== 'query_heads') return;
    const heads = [{ entry: 3, hash, ...order }];
    agent.send({ v: 2, type: 'heads', query_id: frame.query_id, total: 1, heads });
  };
  nas.onFrame = holding(nas, third?.hash ?? '');
  liar.onFrame = holding(liar, 'ab'.repeat(32));
  const { holds, witnesses } = await check(hub);
  expect(holds).toBe(true);
  expect(witnesses).toEqual([
    { server_id: 'attic', status: 'offline', agrees: true, heads: 0, newest_entry: null, differences: [] },
    {
      ...{ server_id: 'liar', status: 'answered', agrees: false, heads: 1, newest_entry: 3 },
      differences: [expect.stringContaining(`was shown entry 3 with the hash ${'ab'.repeat(32)}`)],
    },
    { server_id: 'nas', status: 'answered', agrees: true, heads: 1, newest_entry: 3, differences: [] },
  ]);
});

test('a hub that is stopped in the middle of a check stops at once, without a fault', async () => {
  const hub = await startTestHub();
  await lengthenChain(hub, 9000, () => ({}));
  await using silent = await connectAgent(hub, 'nas');
  silent.onFrame = () => {};
  await hub.call('POST', '/audit/verification');
  expect((await read(hub)).running).not.toBeNull();
  await hub[Symbol.asyncDispose]();
  expect(hub.faults).toEqual([]);
});

test('a store that cannot be read to its end is said to be so, and the next check starts anew', async () => {
  await using hub = await startTestHub();
  await hub.write('ALTER TABLE audit_chain RENAME TO elsewhere');
  await hub.call('POST', '/audit/verification');
  await expect.poll(async () => (await read(hub)).failed).toMatchObject({ detail: expect.any(String) });
  expect(await read(hub)).toMatchObject({ running: null, last: null });
  await hub.write('ALTER TABLE elsewhere RENAME TO audit_chain');
  expect((await check(hub)).holds).toBe(true);
  expect((await read(hub)).failed).toBeNull();
});
