import type { Automation } from '@homelabcmd/protocol';
import type { EventLog, LogTransaction } from '../events/log.ts';
import { type Clock, timestamp } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { Store } from '../store/schema.ts';
import { AUTOMATION_LIMITS as LIMITS } from './limits.ts';

const LOOK_AGAIN_MS = 15_000;

export async function readAutomation(db: Store): Promise<Automation> {
  const { since, reason } = await db.selectFrom('automation_halt').selectAll().executeTakeFirstOrThrow();
  return { halted: since === null ? null : { since, because: reason ?? '' } };
}

/** Servers that are unhealthy and turned so within the window, and how many servers there are. */
async function sickServers(db: Store, nowMs: number): Promise<{ sick: number; all: number }> {
  const since = timestamp(nowMs - LIMITS.sickWindowMs);
  const silent = await db
    .selectFrom('servers')
    .select('server_id')
    .where('liveness', 'in', ['stale', 'offline'])
    .where('liveness_since', '>', since)
    .execute();
  const down = await db
    .selectFrom('day_marks')
    .select('server_id')
    .distinct()
    .where('kind', '=', 'service_down')
    .where('until', 'is', null)
    .where('at', '>', since)
    .execute();
  const { total } = await db
    .selectFrom('servers')
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .where('liveness', '<>', 'never_seen')
    .executeTakeFirstOrThrow();
  const sick = new Set([...silent, ...down].map((row) => row.server_id)).size;
  return { sick, all: Number(total) };
}

const isStorm = ({ sick, all }: { sick: number; all: number }): boolean =>
  sick >= LIMITS.sickServers || (sick >= LIMITS.leastSickServers && sick > LIMITS.sickShare * all);

/**
 * Halts automation while too many servers turn unhealthy at once: then the cause is the hub, the network or the power, and
 * restarts would make it worse. It is looked at whenever automation wants to act, and while halted every few seconds.
 */
export class StormHalt implements AsyncDisposable {
  readonly #log: EventLog;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #isDisposed = false;

  constructor(log: EventLog, clock: Clock, logger: Logger) {
    this.#log = log;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Looks whether a halt of an earlier run of the hub is over. */
  start(): void {
    this.#looking = this.#look();
  }

  /** Why automation holds still, or `null`. Tells of it when that changes. */
  async check(open: LogTransaction): Promise<string | null> {
    const counts = await sickServers(open.tx, this.#clock.nowMs());
    const { halted } = await readAutomation(open.tx);
    const because = `${counts.sick} of ${counts.all} servers turned unhealthy within ${LIMITS.sickWindowMs / 60_000} minutes, so the cause is probably the hub or the network.`;
    if (!isStorm(counts)) {
      if (halted !== null) await this.#write(open, null, null);
      return null;
    }
    if (halted === null) await this.#write(open, open.now, because);
    this.#lookLater();
    return because;
  }

  async #write(open: LogTransaction, since: string | null, reason: string | null): Promise<void> {
    await open.append({ type: 'automation.changed', serverId: null, actor: 'hub' }, async () => {
      await open.tx.updateTable('automation_halt').set({ since, reason }).execute();
      return { automation: await readAutomation(open.tx) };
    });
  }

  async #look(): Promise<void> {
    try {
      await this.#log.transaction(async (open) => {
        const { halted } = await readAutomation(open.tx);
        if (halted !== null) await this.check(open);
      });
    } catch (error) {
      this.#logger.error({ err: error }, 'whether automation still holds still could not be looked at');
      this.#lookLater();
    }
  }

  #lookLater(): void {
    clearTimeout(this.#timer);
    if (!this.#isDisposed) this.#timer = setTimeout(() => this.start(), LOOK_AGAIN_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    await this.#looking;
  }
}
