import { expect, test } from 'vitest';
import { Pulse } from '../../src/notifications/pulse.ts';
import { createHeartbeat } from '../../src/notifications/heartbeats.ts';
import { createLogger } from '../../src/lib/log.ts';
import { alertWith, resolved } from './alert-fixture.ts';
import { NotifyingHouse } from './house.ts';
import { answering, Receiver } from './receiver.ts';

const DAY = 86_400_000;

const titles = (receiver: Receiver): string[] =>
  receiver.got.map(({ body }) => (JSON.parse(body) as { title: string }).title);

test('that it is over is told of an alert that somebody looked after for longer than deliveries are kept', async () => {
  await using receiver = await Receiver.start();
  await using house = await NotifyingHouse.open();
  await house.webhook(receiver.url);
  await house.store.db
    .insertInto('alerts')
    .values({
      ...{ alert_id: 1, subject_key: 'a', kind: 'service_down', severity: 'critical', state: 'acknowledged' },
      ...{ server_id: 'nas', subject: 'plex', title: 'plex failed', since: '', resolved_at: null },
      ...{ cause_alert_id: null, revision: 1, alert_json: '{}' },
    })
    .execute();
  await house.tell('alert.fired', alertWith(1));
  await expect.poll(() => titles(receiver)).toHaveLength(1);
  await expect.poll(() => house.states()).toEqual(['1 fired delivered']);
  await house.pass(31 * DAY);
  await house.tell('alert.fired', alertWith(2));
  await expect.poll(() => titles(receiver)).toHaveLength(2);
  await house.tell('alert.resolved', resolved(alertWith(1)));
  await house.pass(DAY / 2);
  await expect.poll(() => titles(receiver)).toContain('Over: service-1 failed on nas');
});

test('a critical alert passes quiet hours however many others these hold back', async () => {
  await using receiver = await Receiver.start();
  await using house = await NotifyingHouse.open();
  const hours = { from: '00:00', to: '23:59', time_zone: 'UTC' };
  await house.webhook(receiver.url, { quiet_hours: { hours, critical_passes: true } });
  for (let id = 1; id <= 201; id += 1)
    await house.tell('alert.fired', alertWith(id, { severity: 'warning' }));
  await house.tell('alert.fired', alertWith(999));
  await expect.poll(() => titles(receiver), { timeout: 5000 }).toEqual(['service-999 failed on nas']);
});

test('a channel whose receiver is away is told once that an alert still holds, not for each time that it would have been', async () => {
  await using receiver = await Receiver.start();
  receiver.next(answering(503, '', { 'retry-after': '3000' }));
  await using house = await NotifyingHouse.open();
  await house.webhook(receiver.url);
  await house.tell('alert.fired', alertWith(1));
  await expect.poll(() => receiver.got.length).toBeGreaterThan(0);
  for (let n = 1; n <= 3; n += 1) await house.tell('alert.repeated', alertWith(1, { repeats: n }));
  await house.tell('alert.fired', alertWith(2));
  await expect.poll(() => house.states()).toContain('2 fired waiting');
  expect(await house.states()).toEqual(['1 fired waiting', '2 fired waiting']);
});

test('a heartbeat that several people change at once is asked by one timer', async () => {
  await using house = await NotifyingHouse.open();
  const { db, log, clock } = house.store;
  const safe = { shut: (text: string) => text, open: (text: string) => text };
  const parts = { db, log, safe, heartbeatsChanged: async () => undefined };
  const wish = { name: 'checks', url: 'https://checks.example/', every_ms: 60_000, enabled: true };
  await createHeartbeat(parts, 'kim', wish);
  const asked: string[] = [];
  const ask = async (url: string) => {
    asked.push(url);
    return new Response('');
  };
  const pulse = new Pulse({ db, clock, safe, ask, logger: createLogger('silent') });
  await Promise.all([pulse.start(), pulse.start(), pulse.start()]);
  await pulse[Symbol.asyncDispose]();
  expect(asked).toEqual([wish.url]);
});
