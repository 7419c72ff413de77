import type { Action } from '@homelabcmd/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { connectAgent, report } from '../../test/agent-fixture.ts';
import { startTestHub } from '../../test/hub-fixture.ts';
import { autoPolicy, callerOf, decided, putPolicy } from '../../test/policy-fixture.ts';

const TWO = [
  { mode: 'two_person' },
  { mode: 'two_person', server_id: 'nas' },
  { mode: 'two_person', server_id: 'nas', service_name: 'plex' },
];
const policy = fc.constantFrom(
  { mode: 'manual' },
  { mode: 'manual', server_id: 'nas' },
  { mode: 'manual', server_id: 'nas', service_name: 'plex.service' },
  autoPolicy(),
  autoPolicy({ service_name: 'plex' }),
  ...TWO,
);
const name = fc.constantFrom('rule', 'a', 'b', 'c');
const moves = fc.array(
  fc.oneof(
    fc.record({ what: fc.constant('put' as const), name, policy }),
    fc.record({ what: fc.constant('delete' as const), name }),
    fc.record({
      what: fc.constantFrom(
        'ask' as const,
        'approve' as const,
        'cancel' as const,
        'ask' as const,
        'approve' as const,
      ),
    }),
    fc.record({ what: fc.constant('maintain' as const), on: fc.boolean() }),
  ),
  { minLength: 3, maxLength: 14, size: 'max' },
);

test('no sequence of calls by one person brings an action past a rule of two people', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...TWO), moves, async (rule, given) => {
      await using hub = await startTestHub();
      await using agent = await connectAgent(hub, 'nas');
      agent.reports([report('plex.service')]);
      await agent.settled();
      await putPolicy(hub, 'rule', rule);
      const kim = await callerOf(hub, 'kim');
      let newest = 0;
      for (const move of given) {
        if (move.what === 'put') await kim('PUT', `/policies/${move.name}`, move.policy);
        else if (move.what === 'delete') await kim('DELETE', `/policies/${move.name}`);
        else if (move.what === 'maintain') await kim('PUT', '/servers/nas/maintenance', { on: move.on });
        else if (move.what === 'ask') {
          const { status, body } = await kim<Action>('POST', '/servers/nas/services/plex/restart');
          if (status === 201) newest = body.action_id;
        } else await kim('POST', `/actions/${newest}/${move.what}`);
      }
      await decided(hub);
      await agent.settled();
      expect(agent.framesOf('order')).toEqual([]);
      expect(hub.rows('SELECT action_id FROM actions WHERE approved_by IS NOT NULL')).toEqual([]);
      expect(hub.faults).toEqual([]);
    }),
    {
      numRuns: 40,
      examples: [
        [TWO[1], [{ what: 'delete', name: 'rule' }, { what: 'ask' }, { what: 'approve' }]],
        [TWO[0], [{ what: 'put', name: 'a', policy: autoPolicy() }, { what: 'ask' }, { what: 'ask' }]],
        [TWO[0], [{ what: 'maintain', on: true }, { what: 'ask' }, { what: 'approve' }]],
        // A narrower rule made while the wide one was away outlives its return.
        [
          TWO[1],
          [
            { what: 'delete', name: 'rule' },
            { what: 'ask' },
            {
              what: 'put',
              name: 'a',
              policy: { mode: 'manual', server_id: 'nas', service_name: 'plex.service' },
            },
            { what: 'put', name: 'b', policy: TWO[1] },
            { what: 'approve' },
          ],
        ],
      ] as never,
    },
  );
});
