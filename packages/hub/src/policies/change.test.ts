import { LONGEST_AUTO_MS } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { startTestAutomation, type TestAutomation } from '../../test/automation-fixture.ts';
import { failedReport } from '../../test/agent-fixture.ts';
import { resumePolicy } from './change.ts';
import { effectivePolicy, readPolicy } from './rows.ts';

const read = ({ store }: TestAutomation, name = 'nightly') => readPolicy(store.db, name, store.clock.nowMs());

test('a policy is kept as it was wished, with who wished it and when', async () => {
  await using fleet = await startTestAutomation();
  const { store } = fleet;
  const hours = { from: '22:00', to: '06:00', time_zone: 'Europe/Berlin' };
  const expires_at = store.ago(-5000);
  const wish = { hours, expires_at, service_name: 'plex', shadow: true, remediate: true, wait_ms: 77_000 };
  expect(await fleet.put('nightly', wish, 'kim')).toEqual({
    ...{ ...wish, name: 'nightly', server_id: 'nas', target: 'systemd:plex.service', mode: 'auto' },
    ...{ changed_at: store.ago(0), changed_by: 'kim', expired: false, paused: null, noted: null },
  });
  store.clock.advance(4999);
  expect((await read(fleet)).expired).toBe(false);
  store.clock.advance(1);
  expect((await read(fleet)).expired).toBe(true);
  await fleet.put('people', { mode: 'manual', expires_at: null, server_id: null });
  expect(await read(fleet, 'people')).toMatchObject({
    ...{ server_id: null, service_name: null, target: null, hours: null, expires_at: null, expired: false },
    ...{ shadow: false, remediate: false },
  });
});

test.each<[string, number, string | null]>([
  ['now', 0, 'The end has passed already'],
  ['in a millisecond', 1, null],
  ['in 400 days', LONGEST_AUTO_MS, null],
  ['a millisecond after 400 days', LONGEST_AUTO_MS + 1, 'The end is at most 400 days from now'],
])('the end of a policy: %s', async (_what, ms, message) => {
  await using fleet = await startTestAutomation();
  const made = fleet.put('nightly', { expires_at: fleet.store.ago(-ms) });
  if (message === null) expect((await made).name).toBe('nightly');
  else
    await expect(made).rejects.toMatchObject({
      ...{ code: 'invalid', message: expect.stringContaining(`: ${message}.`) },
      extra: { errors: [{ path: 'expires_at', message }] },
    });
});

test('for one place there is one policy that counts and one in shadow, of whatever name', async () => {
  await using fleet = await startTestAutomation();
  await fleet.store.addServer('attic');
  await fleet.put('nightly');
  await expect(fleet.put('other')).rejects.toMatchObject({
    ...{ code: 'already_exists', message: expect.stringContaining('The policy nightly is for the same') },
  });
  await expect(fleet.put('other', { server_id: 'gone' })).rejects.toMatchObject({ code: 'not_found' });
  await fleet.put('other', { server_id: 'attic' });
  await fleet.put('narrow', { service_name: 'plex' });
  await fleet.put('shadow', { shadow: true });
  await expect(fleet.put('second-shadow', { shadow: true })).rejects.toMatchObject({
    code: 'already_exists',
  });
  await fleet.put('nightly', { wait_ms: 1000 });
  expect((await read(fleet)).wait_ms).toBe(1000);
});

const spoil = ({ store }: TestAutomation) =>
  store.db
    .updateTable('policies')
    .set({
      paused_at: store.ago(0),
      paused_because: 'It failed.',
      noted_at: store.ago(0),
      note: 'It paused.',
    })
    .execute();

test('a policy that paused acts again when it is changed or resumed, and nothing is kept of the pause', async () => {
  await using fleet = await startTestAutomation();
  const { log } = fleet.store;
  const parts = { log, tellService: fleet.parts.tellService };
  await fleet.put('nightly');
  await fleet.put('narrow', { service_name: 'plex' });
  for (const again of [() => fleet.put('nightly'), () => resumePolicy(parts, 'kim', 'nightly')]) {
    await spoil(fleet);
    const paused = { at: fleet.store.ago(0), because: 'It failed.' };
    const noted = { at: fleet.store.ago(0), note: 'It paused.' };
    expect(await read(fleet)).toMatchObject({ paused, noted });
    expect(await again()).toMatchObject({ name: 'nightly', paused: null, noted: null });
    expect(await read(fleet, 'narrow')).toMatchObject({ paused, noted });
  }
  await expect(resumePolicy(parts, 'kim', 'gone')).rejects.toMatchObject({ code: 'not_found' });
  await expect(fleet.remove('gone')).rejects.toMatchObject({ code: 'not_found' });
  const events = await fleet.store.db
    .selectFrom('events')
    .select(['type', 'actor'])
    .where('actor', '=', 'kim')
    .execute();
  expect(events).toEqual([{ type: 'policy.changed', actor: 'kim' }]);
});

test.each<[string, (fleet: TestAutomation) => Promise<unknown>]>([
  ['changed', (fleet) => fleet.put('nightly', { remediate: true }, 'kim')],
  ['removed', (fleet) => fleet.remove('nightly', 'kim')],
  [
    'resumed',
    ({ store, parts }) => resumePolicy({ log: store.log, tellService: parts.tellService }, 'kim', 'nightly'),
  ],
])(
  'what a policy was doing is over when it is %s, and pages are told of that service alone',
  async (_how, change) => {
    await using fleet = await startTestAutomation();
    await fleet.put('nightly', { remediate: true });
    await fleet.put('narrow', { service_name: 'web', remediate: true });
    for (const name of ['plex', 'web']) await fleet.report(failedReport(`${name}.service`));
    await fleet.settle();
    const policies = async () =>
      (await fleet.store.db.selectFrom('incidents').select('policy_name').orderBy('target').execute()).map(
        ({ policy_name }) => policy_name,
      );
    expect(await policies()).toEqual(['nightly', 'narrow']);
    await change(fleet);
    expect(await policies()).toEqual(['narrow']);
    const told = await fleet.store.db
      .selectFrom('events')
      .select('data_json')
      .where('actor', '=', 'kim')
      .where('type', '=', 'service.changed')
      .execute();
    expect(told.map(({ data_json }) => JSON.parse(data_json))).toMatchObject([
      { service: { service_name: 'plex', automation: null } },
    ]);
  },
);

test.each<[on: boolean, untilMs: number | null, mode: string]>([
  [false, null, 'auto'],
  [true, null, 'manual'],
  [true, 1, 'manual'],
  [true, 0, 'auto'],
  [false, 1, 'auto'],
])('maintenance that is on: %s, for %s ms more: what approves is %s', async (on, untilMs, mode) => {
  await using fleet = await startTestAutomation();
  const { db, clock } = fleet.store;
  const until = untilMs === null ? null : fleet.store.ago(-untilMs);
  await db
    .updateTable('servers')
    .set({ maintenance_json: JSON.stringify({ on, until }) })
    .execute();
  await fleet.put('nightly');
  expect((await effectivePolicy(db, 'nas', 'systemd:plex.service', clock.nowMs())).mode).toBe(mode);
  await expect(effectivePolicy(db, 'gone', 'systemd:plex.service', 0)).rejects.toMatchObject({
    code: 'not_found',
  });
});
