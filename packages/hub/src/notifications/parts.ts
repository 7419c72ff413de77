import type { EventLog } from '../events/log.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import { outgoing } from '../lib/outgoing/ask.ts';
import { places } from '../lib/outgoing/place.ts';
import type { Store } from '../store/schema.ts';
import type { Safe } from './channels-kept.ts';
import { Outbox } from './outbox/follower.ts';
import { Sender } from './outbox/sender.ts';
import { Pulse } from './pulse.ts';
import type { NotificationParts } from './routes.ts';
import { deliverBy } from './sending/deliver.ts';

export interface Ground {
  readonly db: Store;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly safe: Safe;
  readonly publicUrl: string | null;
  readonly outgoingHosts: readonly string[];
}

export type Notifications = Awaited<ReturnType<typeof notificationsOf>>;

/** Everything that tells people and programs of what happens, put together; `start` it when the followers run. */
export async function notificationsOf(ground: Ground) {
  const { db, log, clock, logger, safe, publicUrl, outgoingHosts } = ground;
  const ask = outgoing({
    listed: outgoingHosts,
    refused: (sentence) => logger.warn({ problem: sentence }, 'a receiver was not asked'),
  });
  const sending = { ...{ db, clock, safe, ask, publicUrl }, placeOf: places(outgoingHosts) };
  const sender = new Sender({ ...{ db, log, clock, logger }, deliver: deliverBy(sending) });
  const pulse = new Pulse({ db, clock, logger, safe, ask });
  const outbox = await Outbox.open({ db, log, written: (channelIds) => sender.wake(channelIds) });
  const routes: NotificationParts = {
    ...{ db, log, safe, sending },
    wake: (channelId) => sender.wake([channelId]),
    channelsChanged: async (channelId) => {
      await outbox.channelsChanged();
      sender.wake([channelId]);
    },
    heartbeatsChanged: () => pulse.start(),
  };
  return {
    routes,
    outbox,
    async start(): Promise<void> {
      await sender.start();
      await pulse.start();
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await Promise.all([sender[Symbol.asyncDispose](), pulse[Symbol.asyncDispose]()]);
    },
  };
}
