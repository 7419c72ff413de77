import fc from 'fast-check';
import { expect, test } from 'vitest';
import { connectAgent, FACTS, failedReport } from '../../test/agent-fixture.ts';
import { HeldClock, startTestHub } from '../../test/hub-fixture.ts';
import { autoPolicy, decided, putPolicy } from '../../test/policy-fixture.ts';

const MINUTE = 60_000;

const most = (times: readonly number[], windowMs: number): number =>
  Math.max(0, ...times.map((end) => times.filter((at) => at <= end && at > end - windowMs).length));

test('automation stays below its rates in every window, whatever is asked and however the clock goes', {
  timeout: 300_000,
}, async () => {
  const step = fc.record({
    service: fc.constantFrom('a', 'b', 'c'),
    byMs: fc.oneof(
      fc.integer({ min: 0, max: 5 * MINUTE }),
      fc.constantFrom(-60 * MINUTE, -MINUTE, 10 * MINUTE, 70 * MINUTE),
    ),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 24, size: 'max' }), async (steps) => {
      const clock = new HeldClock();
      await using hub = await startTestHub({ clock });
      await using agent = await connectAgent(hub, 'nas');
      agent.reports(['a', 'b', 'c'].map((name) => failedReport(`${name}.service`)));
      await agent.settled();
      agent.obey();
      await putPolicy(hub, 'nightly', autoPolicy());
      for (const { service, byMs } of steps) {
        clock.advance(byMs);
        agent.send({ v: 2, type: 'facts', facts: FACTS });
        await agent.settled();
        const { status, body } = await hub.restart('nas', service);
        if (status !== 201) continue;
        await decided(hub);
        const isApproved = async () => (await hub.action(body.action_id)).approved_by !== null;
        if (await isApproved())
          await expect.poll(async () => (await hub.action(body.action_id)).status).toBe('completed');
        else await hub.call('POST', `/actions/${body.action_id}/cancel`);
      }
      const rows = hub.rows<{ target: string; approved_at: string }>(
        "SELECT target, approved_at FROM actions WHERE approved_by LIKE 'policy:%'",
      );
      expect(
        most(
          rows.map((row) => Date.parse(row.approved_at)),
          60 * MINUTE,
        ),
      ).toBeLessThanOrEqual(6);
      for (const times of Map.groupBy(rows, (row) => row.target).values()) {
        const at = times.map((row) => Date.parse(row.approved_at));
        expect(most(at, MINUTE)).toBeLessThanOrEqual(1);
        expect(most(at, 60 * MINUTE)).toBeLessThanOrEqual(3);
        expect(most(at, 24 * 60 * MINUTE)).toBeLessThanOrEqual(6);
      }
      expect(hub.faults).toEqual([]);
    }),
    { numRuns: 12 },
  );
});
