import type { PolicyWish } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { startTestAutomation, type TestAutomation } from '../../test/automation-fixture.ts';
import { assertMayApprove } from './two-people.ts';

const TWO = { mode: 'two_person', expires_at: null } as const;
const PEOPLE = { mode: 'manual', expires_at: null } as const;
const FLEET = { server_id: null };
const ON_NAS = { server_id: 'nas' };
const OF_PLEX = { server_id: 'nas', service_name: 'plex' };
const OF_WEB = { server_id: 'nas', service_name: 'web' };

async function startFleet(): Promise<TestAutomation> {
  const fleet = await startTestAutomation();
  await fleet.store.addServer('attic');
  return fleet;
}

/** On whom a rule that is gone stays binding, and where. */
const lifts = async ({ store }: TestAutomation) =>
  (
    await store.db
      .selectFrom('two_person_lifts')
      .select(['lifted_by', 'scope'])
      .orderBy('scope')
      .orderBy('lifted_by')
      .execute()
  ).map(({ lifted_by, scope }) => `${lifted_by}: ${scope}`);

const mayApprove = ({ store }: TestAutomation, actor: string, created_by: string, server_id = 'nas') =>
  store
    .within((open) =>
      assertMayApprove(open, actor, { server_id, target: 'systemd:plex.service', created_by }),
    )
    .then(
      () => 'yes',
      (error: Error) => error.message,
    );

test.each<[string, Partial<PolicyWish>, string]>([
  ['the fleet', FLEET, 'fleet'],
  ['a server', ON_NAS, 'server nas'],
  ['a service', OF_PLEX, 'service nas systemd:plex.service'],
])('whoever removes or changes the rule of %s stays bound there', async (_what, place, scope) => {
  await using fleet = await startFleet();
  await fleet.put('rule', { ...TWO, ...place });
  expect(await lifts(fleet)).toEqual([]);
  await fleet.put('rule', { ...PEOPLE, ...place }, 'Kim');
  expect(await lifts(fleet)).toEqual([`kim: ${scope}`]);
  await fleet.put('rule', { ...TWO, ...place });
  expect(await lifts(fleet)).toEqual([]);
  await fleet.remove('rule', 'Alex');
  expect(await lifts(fleet)).toEqual([`alex: ${scope}`]);
  // Who changes what is no such rule any more takes nothing away.
  await fleet.put('rule', { ...PEOPLE, ...place }, 'sam');
  await fleet.remove('rule', 'sam');
  expect(await lifts(fleet)).toEqual([`alex: ${scope}`]);
});

test('a narrower policy takes the rule away in its own place, and a policy in shadow takes nothing away', async () => {
  await using fleet = await startFleet();
  await fleet.put('rule', { ...TWO, ...FLEET });
  await fleet.put('tried-out', { ...PEOPLE, ...ON_NAS, shadow: true }, 'sam');
  expect(await lifts(fleet)).toEqual([]);
  await fleet.remove('tried-out', 'sam');
  await fleet.put('narrow', { ...PEOPLE, ...ON_NAS }, 'kim');
  expect(await lifts(fleet)).toEqual(['kim: server nas']);
  // Within it, nobody takes away what does not hold.
  await fleet.put('narrower', { ...PEOPLE, ...OF_PLEX }, 'sam');
  expect(await lifts(fleet)).toEqual(['kim: server nas']);
  await fleet.remove('narrow', 'sam');
  expect(await lifts(fleet)).toEqual(['kim: service nas systemd:plex.service']);
});

test('two who take it away by turns are both bound, and one who does it twice is bound once', async () => {
  await using fleet = await startFleet();
  await fleet.put('fleet', { ...TWO, ...FLEET });
  await fleet.put('nas', { ...TWO, ...ON_NAS });
  // Of nas it holds all the same, by the one of the fleet.
  await fleet.remove('nas', 'kim');
  expect(await lifts(fleet)).toEqual([]);
  await fleet.remove('fleet', 'kim');
  await fleet.put('nas', { ...TWO, ...ON_NAS });
  await fleet.remove('nas', 'sam');
  expect(await lifts(fleet)).toEqual(['kim: fleet', 'sam: server nas']);
});

test('where the rule is back, whoever lifted it stays bound only in places whose own policy wins over it', async () => {
  await using fleet = await startFleet();
  await fleet.put('rule', { ...TWO, ...ON_NAS });
  await fleet.remove('rule', 'kim');
  await fleet.put('plex', { ...PEOPLE, ...OF_PLEX }, 'sam');
  await fleet.put('web', { ...TWO, ...OF_WEB }, 'sam');
  await fleet.put('attic', { ...PEOPLE, server_id: 'attic' }, 'sam');
  await fleet.put('fleet', { ...PEOPLE, ...FLEET }, 'sam');
  await fleet.put('rule', { ...TWO, ...ON_NAS }, 'alex');
  expect(await lifts(fleet)).toEqual(['kim: service nas systemd:plex.service']);
});

test('a rule whose time is over is none, and a policy whose time is over takes nothing away', async () => {
  await using fleet = await startFleet();
  const { store } = fleet;
  await fleet.put('rule', { ...TWO, ...FLEET });
  await fleet.put('short', { ...PEOPLE, ...ON_NAS, expires_at: store.ago(-1000) }, 'kim');
  expect(await lifts(fleet)).toEqual(['kim: server nas']);
  store.clock.advance(1000);
  await fleet.remove('short', 'sam');
  expect(await lifts(fleet)).toEqual([]);
});

const RULE = 'wants two people: ';
const LIFTED = 'took the rule of two people away here';
test.each<[actor: string, createdBy: string, under: string, without: string]>([
  ['kim', 'alex', 'yes', 'yes'],
  ['kim', 'kim', RULE, 'yes'],
  ['Kim', 'kIM', RULE, 'yes'],
  // A policy is the person who wrote it, and one that is gone may be anybody's.
  ['policy:by-kim', 'kim', RULE, 'yes'],
  ['policy:by-kim', 'alex', 'yes', 'yes'],
  ['kim', 'policy:by-kim', RULE, 'yes'],
  ['alex', 'policy:by-kim', 'yes', 'yes'],
  ['policy:gone', 'kim', RULE, 'yes'],
  ['kim', 'policy:gone', RULE, 'yes'],
  ['policy:gone', 'policy:gone', RULE, 'yes'],
])(
  '%s may approve what %s asked for: under a rule of two «%s», without one «%s»',
  async (actor, by, under, without) => {
    await using fleet = await startFleet();
    await fleet.put('by-kim', { ...PEOPLE, server_id: 'attic' }, 'KIM');
    expect(await mayApprove(fleet, actor, by)).toContain(without);
    await fleet.put('rule', { ...TWO, ...FLEET });
    expect(await mayApprove(fleet, actor, by)).toContain(under);
    if (under !== 'yes')
      expect(await mayApprove(fleet, actor, by)).toContain(`policy rule ${RULE}${by} asked`);
  },
);

test.each<[actor: string, createdBy: string, serverId: string, answer: string]>([
  ['kim', 'kim', 'nas', `kim ${LIFTED}`],
  ['kim', 'alex', 'nas', 'yes'],
  ['alex', 'alex', 'nas', 'yes'],
  ['kim', 'kim', 'attic', 'yes'],
  ['policy:by-kim', 'kim', 'nas', `kim ${LIFTED}`],
  ['policy:gone', 'kim', 'nas', `kim ${LIFTED}`],
  ['kim', 'policy:gone', 'nas', `kim ${LIFTED}`],
  ['policy:gone', 'policy:gone', 'nas', 'yes'],
])(
  'kim took the rule of nas away; %s may approve what %s asked for on %s: %s',
  async (actor, by, serverId, answer) => {
    await using fleet = await startFleet();
    await fleet.put('by-kim', { ...PEOPLE, server_id: 'attic' }, 'kim');
    await fleet.put('rule', { ...TWO, ...ON_NAS });
    await fleet.remove('rule', 'kim');
    expect(await mayApprove(fleet, actor, by, serverId)).toContain(answer);
  },
);
