import fc from 'fast-check';
import { expect, test } from 'vitest';
import { connectAgent } from '../../test/agent-fixture.ts';
import { startTestHub } from '../../test/hub-fixture.ts';

test('whatever people do and however agents come and go, nothing is dispatched while frozen', async () => {
  const move = fc.constantFrom('ask', 'approve', 'cancel', 'freeze', 'unfreeze', 'leave', 'come');
  const moves = fc.array(fc.tuple(move, fc.constantFrom('plex', 'sonarr')), {
    minLength: 4,
    maxLength: 16,
    size: 'max',
  });
  await fc.assert(
    fc.asyncProperty(moves, async (given) => {
      await using hub = await startTestHub();
      let agent = await connectAgent(hub, 'nas');
      const newest = new Map<string, number>();
      for (const [what, service] of given) {
        const path = `/actions/${newest.get(service)}`;
        if (what === 'ask') {
          const { status, body } = await hub.restart('nas', service);
          if (status === 201) newest.set(service, body.action_id);
        } else if (what === 'approve' || what === 'cancel') await hub.call('POST', `${path}/${what}`);
        else if (what === 'leave') agent.socket.terminate();
        else if (what === 'come') agent = await connectAgent(hub, 'nas', { key: agent.key });
        else await hub.call('PUT', '/freeze', { on: what === 'freeze' });
      }
      const facts = hub.rows<{ type: string; data_json: string }>(
        'SELECT type, data_json FROM events ORDER BY id',
      );
      let isFrozen = false;
      for (const { type, data_json } of facts) {
        if (type === 'freeze.changed') isFrozen = data_json.includes('"on":true');
        expect([type, isFrozen]).not.toEqual(['action.dispatched', true]);
      }
      expect(hub.faults).toEqual([]);
    }),
    { numRuns: 15 },
  );
}, 60_000);
