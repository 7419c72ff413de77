import { expect, test } from 'vitest';
import { anAction, aServer } from '../../testing/things.ts';
import type { Need } from './needs-you.ts';
import { nextDecision } from './next-decision.ts';

const pending = (id: number): Need => ({
  kind: 'action',
  key: `need action ${id}`,
  action: anAction({ action_id: id }),
});
const offline: Need = { kind: 'server', key: 'need server nas-01', server: aServer({ server_id: 'nas-01' }) };
const [one, two, three] = [pending(1), pending(2), pending(3)];

test.each([
  ['below', [one, offline, three], [one, offline, two, three], two.key, three.key],
  ['above, when none is below', [one, offline], [one, offline, two], two.key, one.key],
  ['itself, when none waits', [two, offline], [two, offline], two.key, two.key],
  ['nowhere, when it is gone and none waits', [offline], [offline, two], two.key, null],
])('after a decision the next one that waits: %s', (_, rows, before, decided, next) => {
  expect(nextDecision(rows, before, decided)).toBe(next);
});
