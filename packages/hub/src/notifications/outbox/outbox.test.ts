import { expect, test } from 'vitest';
import { alertWith, resolved } from '../../../test/notifications/alert-fixture.ts';
import { NotifyingHouse } from '../../../test/notifications/house.ts';
import { answering, cutting, Receiver } from '../../../test/notifications/receiver.ts';
import { deleteChannel } from '../manage.ts';
import { retryDelivery } from '../retry.ts';

const SECOND = 1000;
const DAY = 86_400_000;
const silenced = { by: 'kim', until: null, reason: 'we move house' };
const suppressed = { cause_alert_id: 9, reason: 'nas is offline' };

interface Sent {
  title: string;
  told: { occasion: string; link: string; lines: string[]; alert: { alert_id: number } }[];
}
const sentBy = (receiver: Receiver): Sent[] => receiver.got.map(({ body }) => JSON.parse(body) as Sent);
const toldBy = (receiver: Receiver): string[][] =>
  sentBy(receiver).map(({ told }) => told.map(({ occasion, alert }) => `${alert.alert_id} ${occasion}`));

test('what fires is told at once, what comes just after is gathered, and what is over is told to whom it was told', async () => {
  await using receiver = await Receiver.start();
  await using house = await NotifyingHouse.open();
  await house.webhook(receiver.url);
  await house.tell('alert.fired', alertWith(1));
  await expect.poll(() => toldBy(receiver)).toEqual([['1 fired']]);
  expect(sentBy(receiver)[0]).toMatchObject({
    title: 'service-1 failed on nas',
    told: [{ link: 'https://hub.example.org/alerts/1', lines: ['first line', 'last line'] }],
  });
  for (const id of [2, 3]) await house.tell('alert.fired', alertWith(id));
  await house.tell('alert.resolved', resolved(alertWith(1)));
  await house.tell('alert.resolved', resolved(alertWith(4)));
  await expect.poll(() => house.states()).toHaveLength(4);
  expect(receiver.got).toHaveLength(1);
  await house.pass(10 * SECOND);
  await expect.poll(() => toldBy(receiver)).toEqual([['1 fired'], ['2 fired', '3 fired', '1 resolved']]);
  await expect.poll(async () => (await house.told()).length).toBe(4);
  expect((await house.told())[0]).toEqual({
    type: 'notification.delivered',
    data: { alert_id: 1, channel: 'the webhook', occasion: 'fired' },
  });
});

test('of what is suppressed, silenced, pending or looked after nobody is told, and why is written down', async () => {
  await using receiver = await Receiver.start();
  await using house = await NotifyingHouse.open();
  await house.webhook(receiver.url);
  await house.tell('alert.pending', alertWith(1, { state: 'pending' }));
  await house.tell('alert.fired', alertWith(2, { suppressed }));
  await house.tell('alert.suppressed', alertWith(3, { silenced }));
  await house.tell('alert.resolved', resolved(alertWith(2)));
  await house.tell('alert.fired', alertWith(5));
  await expect.poll(() => toldBy(receiver)).toEqual([['5 fired']]);
  expect((await house.deliveries()).map(({ alert_id, because }) => [alert_id, because])).toEqual([
    [2, 'nas is offline'],
    [3, 'kim has silenced it: we move house.'],
    [5, null],
  ]);
});

test('what still holds when its silence ends is told then, once', async () => {
  await using receiver = await Receiver.start();
  await using house = await NotifyingHouse.open();
  await house.webhook(receiver.url);
  await house.tell('alert.fired', alertWith(1, { silenced }));
  await house.tell('alert.changed', alertWith(1));
  await expect.poll(() => toldBy(receiver)).toEqual([['1 fired']]);
  await house.tell('alert.changed', alertWith(1));
  await house.tell('alert.changed', alertWith(2));
  await house.pass(10 * SECOND);
  await house.tell('alert.fired', alertWith(3));
  await expect.poll(() => toldBy(receiver)).toEqual([['1 fired'], ['3 fired']]);
});

test('what becomes suppressed while it is gathered is not told', async () => {
  await using receiver = await Receiver.start();
  await using house = await NotifyingHouse.open();
  await house.webhook(receiver.url);
  await house.tell('alert.fired', alertWith(1));
  await expect.poll(() => receiver.got.length).toBe(1);
  await house.tell('alert.fired', alertWith(2));
  await house.tell('alert.suppressed', alertWith(2, { suppressed }));
  await expect.poll(() => house.states()).toEqual(['1 fired delivered', '2 fired not_told']);
});

test.each([
  ['its severity', { severities: ['warning' as const] }, []],
  ['a severity that it comes to have', { severities: ['critical' as const] }, ['1 escalated']],
  ['its server', { server_ids: ['nas'] }, ['1 fired', '1 escalated']],
  ['a tag of its server', { tags: ['attic'] }, ['1 fired', '1 escalated']],
  ['another server', { server_ids: ['media-01'], tags: ['cellar'] }, []],
  ['its kind', { kinds: ['service_down' as const] }, ['1 fired', '1 escalated']],
  ['another kind', { kinds: ['disk_high' as const] }, []],
])('a channel for %s is told what is for it', async (_, routing, expected) => {
  await using receiver = await Receiver.start();
  await using house = await NotifyingHouse.open();
  await house.webhook(receiver.url, {
    routing: { severities: [], kinds: [], server_ids: [], tags: [], ...routing },
  });
  await house.webhook(receiver.url, { name: 'everything' });
  const alert = alertWith(1, { severity: 'info' });
  await house.tell('alert.fired', alert);
  await house.tell('alert.escalated', { ...alert, escalated_at: '2026-01-10T12:00:00.000Z' });
  await expect
    .poll(async () => (await house.deliveries()).filter(({ channel }) => channel === 'everything').length)
    .toBe(2);
  const told = (await house.deliveries()).filter(({ channel }) => channel !== 'everything');
  expect(told.map(({ alert_id, occasion }) => `${alert_id} ${occasion}`)).toEqual(expected);
});

test('quiet hours hold back, and what still holds at their end is told in one message', async () => {
  await using receiver = await Receiver.start();
  await using house = await NotifyingHouse.open();
  const hours = { from: '11:00', to: '12:30', time_zone: 'UTC' };
  await house.webhook(receiver.url, { quiet_hours: { hours, critical_passes: true } });
  const warning = (id: number) => alertWith(id, { severity: 'warning' });
  for (const id of [1, 2, 3]) await house.tell('alert.fired', warning(id));
  await house.tell('alert.repeated', warning(1));
  await house.tell('alert.resolved', resolved(warning(2)));
  await house.tell('alert.fired', alertWith(4));
  await expect.poll(() => toldBy(receiver)).toEqual([['4 fired']]);
  await expect
    .poll(() => house.states())
    .toEqual(['1 fired held', '2 fired not_told', '3 fired held', '4 fired delivered']);
  await house.pass(30 * 60 * SECOND);
  await expect.poll(() => toldBy(receiver)).toEqual([['4 fired'], ['1 fired', '3 fired']]);
});

test('a receiver that cannot take it gets it later, in the order per alert, with the same id', async () => {
  await using receiver = await Receiver.start();
  await using house = await NotifyingHouse.open();
  await house.webhook(receiver.url);
  receiver.next(cutting, answering(500), answering(200));
  await house.tell('alert.fired', alertWith(1));
  await expect.poll(() => receiver.got.length).toBe(1);
  await house.tell('alert.resolved', resolved(alertWith(1)));
  await expect.poll(async () => (await house.deliveries())[0]?.tries).toBe(1);
  await house.pass(1500);
  await expect.poll(async () => (await house.deliveries())[0]?.tries).toBe(2);
  expect((await house.deliveries())[0]?.because).toBe('The receiver answered 500.');
  await house.pass(20 * SECOND);
  await expect
    .poll(() => toldBy(receiver))
    .toEqual([...[['1 fired'], ['1 fired'], ['1 fired'], ['1 resolved']]]);
  const [first, second, third, fourth] = receiver.got.map(({ id }) => id);
  expect([second, third]).toEqual([first, first]);
  expect(fourth).not.toBe(first);
});

test('what a receiver says about when to come again is kept to', async () => {
  await using receiver = await Receiver.start();
  await using house = await NotifyingHouse.open();
  await house.webhook(receiver.url);
  receiver.next(answering(429, '', { 'retry-after': '90' }));
  await house.tell('alert.fired', alertWith(1));
  await expect.poll(async () => (await house.deliveries())[0]?.tries).toBe(1);
  const due = Date.parse((await house.deliveries())[0]?.due_at ?? '');
  expect(due - house.store.clock.nowMs()).toBe(90 * SECOND);
  await house.pass(89 * SECOND);
  await house.tell('alert.fired', alertWith(2));
  await expect.poll(() => house.states()).toHaveLength(2);
  expect(receiver.got).toHaveLength(1);
  await house.pass(SECOND);
  await expect.poll(() => toldBy(receiver)).toEqual([['1 fired'], ['1 fired'], ['2 fired']]);
});

test('what a receiver will never take is given up at once, and said so; a person can try it again', async () => {
  await using receiver = await Receiver.start();
  await using house = await NotifyingHouse.open();
  await house.webhook(receiver.url);
  receiver.next(answering(404, 'no such hook'));
  await house.tell('alert.fired', alertWith(1));
  await expect
    .poll(async () => (await house.told())[0])
    .toEqual({
      type: 'notification.failed',
      data: { alert_id: 1, channel: 'the webhook', occasion: 'fired', because: 'The receiver answered 404.' },
    });
  await house.tell('alert.resolved', resolved(alertWith(1)));
  const [failed] = await house.deliveries();
  await retryDelivery(house.store.log, failed?.delivery_id ?? '');
  await house.pass(0);
  await expect.poll(() => house.states()).toEqual(['1 fired delivered']);
  expect(receiver.got[1]?.id).toBe(receiver.got[0]?.id);
  await expect(retryDelivery(house.store.log, failed?.delivery_id ?? '')).rejects.toMatchObject({
    code: 'delivery_moved_on',
  });
});

test('after a day it is given up', async () => {
  await using receiver = await Receiver.start(answering(503));
  await using house = await NotifyingHouse.open();
  await house.webhook(receiver.url);
  await house.tell('alert.fired', alertWith(1));
  await expect.poll(async () => (await house.deliveries())[0]?.tries).toBe(1);
  await house.pass(DAY);
  await expect.poll(() => house.states()).toEqual(['1 fired failed']);
});

test('a message that is never taken lets what is about other alerts pass', async () => {
  await using receiver = await Receiver.start(({ body }, answer) => {
    answer.writeHead(body.includes('poison') ? 500 : 200).end();
  });
  await using house = await NotifyingHouse.open();
  await house.webhook(receiver.url);
  await house.tell('alert.fired', alertWith(1, { title: 'poison' }));
  await expect.poll(async () => (await house.deliveries())[0]?.tries).toBe(1);
  await house.tell('alert.fired', alertWith(2));
  for (const tries of [2, 3, 4]) {
    await house.pass(10 * SECOND);
    await expect.poll(async () => (await house.deliveries())[0]?.tries).toBeGreaterThanOrEqual(tries);
  }
  await expect.poll(() => house.states()).toEqual(['1 fired waiting', '2 fired delivered']);
});

test('a slow receiver holds up nobody else', async () => {
  await using stalled = await Receiver.start(() => {});
  await using receiver = await Receiver.start();
  await using house = await NotifyingHouse.open();
  await house.webhook(stalled.url, { name: 'slow' });
  await house.webhook(receiver.url, { name: 'quick' });
  for (const id of [1, 2]) {
    await house.tell('alert.fired', alertWith(id));
    await expect.poll(() => receiver.got.length).toBe(id);
    await house.pass(10 * SECOND);
  }
  expect(stalled.got).toHaveLength(1);
});

test('a hub that ends between sending and writing it down sends it again, with the same id', async () => {
  await using receiver = await Receiver.start(() => {});
  await using house = await NotifyingHouse.open();
  await house.webhook(receiver.url);
  await house.tell('alert.fired', alertWith(1));
  await expect.poll(() => receiver.got.length).toBe(1);
  receiver.usually(answering(200));
  await house.restart();
  await expect.poll(() => house.states()).toEqual(['1 fired delivered']);
  expect(receiver.got.map(({ id }) => id)).toEqual([receiver.got[0]?.id, receiver.got[0]?.id]);
});

test('facts that are read once more are not told once more', async () => {
  await using receiver = await Receiver.start();
  await using house = await NotifyingHouse.open();
  await house.webhook(receiver.url);
  await house.tell('alert.fired', alertWith(1));
  await house.tell('alert.resolved', resolved(alertWith(1)));
  await house.pass(10 * SECOND);
  await expect.poll(() => toldBy(receiver).flat()).toEqual(['1 fired', '1 resolved']);
  await house.parts.outbox.takeAll(await house.store.log.read(0));
  await house.pass(10 * SECOND);
  await expect.poll(() => house.states()).toEqual(['1 fired delivered', '1 resolved delivered']);
  expect(receiver.got).toHaveLength(2);
});

test('a channel that goes takes with it what it had to tell, and one that is new is told of nothing before it', async () => {
  await using receiver = await Receiver.start(answering(503));
  await using house = await NotifyingHouse.open();
  const { channel_id } = await house.webhook(receiver.url);
  await house.tell('alert.fired', alertWith(1));
  await expect.poll(async () => (await house.deliveries())[0]?.tries).toBe(1);
  await deleteChannel(house.manage, 'kim', channel_id);
  await house.webhook(receiver.url, { name: 'another' });
  await house.parts.outbox.takeAll(await house.store.log.read(0));
  expect(await house.deliveries()).toEqual([]);
});

test('what waits for a server that goes is not told', async () => {
  await using receiver = await Receiver.start();
  await using house = await NotifyingHouse.open();
  await house.webhook(receiver.url);
  await house.tell('alert.fired', alertWith(1));
  await expect.poll(() => receiver.got.length).toBe(1);
  await house.tell('alert.fired', alertWith(2));
  await house.store.within(async (open) => {
    await open.append({ type: 'server.deleted', serverId: 'nas', actor: 'kim' }, async () => ({}));
  });
  await expect.poll(() => house.states()).toEqual(['1 fired delivered', '2 fired not_told']);
});

test('who follows events is sent each that fits, in order, whatever becomes of one', async () => {
  await using receiver = await Receiver.start();
  await using house = await NotifyingHouse.open();
  receiver.next(answering(500), answering(200), answering(400));
  await house.add({ kind: 'event_webhook', settings: { url: receiver.url, events: 'alert.*' } });
  for (const id of [1, 2, 3]) await house.tell('alert.fired', alertWith(id));
  await expect.poll(async () => (await house.deliveries())[0]?.tries).toBe(1);
  await house.pass(1500);
  await expect.poll(() => receiver.got.length).toBe(4);
  const ids = receiver.got.map(({ body }) => (JSON.parse(body) as { id: number }).id);
  expect(ids).toEqual([1, 1, 2, 3]);
  expect(JSON.parse(receiver.got[3]?.body ?? '')).toMatchObject({
    ...{ type: 'alert.fired', server_id: 'nas', actor: 'hub', data: { alert: { alert_id: 3 } } },
  });
  await expect
    .poll(() => house.states())
    .toEqual([...['null event delivered', 'null event failed', 'null event delivered']]);
  expect(await house.told()).toEqual([]);
});
