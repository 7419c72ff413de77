import { expect, test } from 'vitest';
import { alertWith } from '../../../test/notifications/alert-fixture.ts';
import { NotifyingHouse } from '../../../test/notifications/house.ts';
import { answering, Receiver } from '../../../test/notifications/receiver.ts';
import type { EventLog, LogTransaction } from '../../events/log.ts';
import { StoreUnavailable } from '../../store/faults.ts';

/** A log whose store is away as often as that from the moment on that something was sent. */
function failingAfter(wasSent: () => boolean, times: number, isDone: boolean) {
  let left = times;
  return (log: EventLog): EventLog =>
    Object.assign(log.from({ actor: 'hub', address: '' }), {
      async transaction<T>(work: (open: LogTransaction) => Promise<T>): Promise<T> {
        if (!wasSent() || left === 0) return log.transaction(work);
        left -= 1;
        if (isDone) await log.transaction(work);
        throw new StoreUnavailable('The store is gone.');
      },
    });
}

test.each([
  ['was not done', false],
  ['was done, and nobody was told so', true],
])(
  'what was sent and could not be written down, as it %s, is written down later and not sent again',
  async (_, isDone) => {
    await using receiver = await Receiver.start();
    const through = failingAfter(() => receiver.got.length > 0, 2, isDone);
    await using house = await NotifyingHouse.open(['127.0.0.1'], through);
    await house.webhook(receiver.url);
    await house.tell('alert.fired', alertWith(1));
    await expect.poll(() => house.states(), { timeout: 10_000 }).toEqual(['1 fired delivered']);
    await house.tell('alert.fired', alertWith(2));
    await house.pass(10_000);
    await expect.poll(() => receiver.got.length).toBe(2);
    expect(receiver.got.map(({ body }) => JSON.parse(body).told[0].alert.alert_id)).toEqual([1, 2]);
    await expect
      .poll(() => house.told())
      .toMatchObject([{ data: { alert_id: 1 } }, { data: { alert_id: 2 } }]);
  },
);

test('a refusal that could not be written down keeps its time of the next try', async () => {
  await using receiver = await Receiver.start(answering(503));
  const through = failingAfter(() => receiver.got.length > 0, 1, false);
  await using house = await NotifyingHouse.open(['127.0.0.1'], through);
  await house.webhook(receiver.url);
  await house.tell('alert.fired', alertWith(1));
  await expect
    .poll(async () => (await house.deliveries()).map(({ tries }) => tries), { timeout: 10_000 })
    .toEqual([1]);
  expect(receiver.got).toHaveLength(1);
});
