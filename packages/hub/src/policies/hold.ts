import { POLICY_ACTOR } from '@homelabcmd/protocol';
import type { LogTransaction } from '../events/log.ts';
import { timestamp } from '../lib/clock.ts';
import type { Store } from '../store/schema.ts';
import { AUTOMATION_LIMITS as LIMITS } from './limits.ts';

/** Why automation must not act now. */
export interface Hold {
  readonly because: string;
  /** It is over as soon as an automatic action has ended; else it is left to a person. */
  readonly untilOneEnds: boolean;
}

/** Statuses in which an order has run, or may yet. */
const RUNS = ['approved', 'dispatched', 'executing', 'completed', 'failed', 'unknown', 'abandoned'] as const;
const OUT = ['approved', 'dispatched', 'executing', 'unknown'] as const;

const forGood = (because: string): Hold => ({ because, untilOneEnds: false });

/**
 * The guards of automation, for one more restart of this target. They count what people have had restarted too: to the
 * service it is the same.
 */
export async function holdOf(
  open: LogTransaction,
  halted: string | null,
  serverId: string,
  target: string,
): Promise<Hold | null> {
  const { is_on } = await open.tx.selectFrom('fleet_freeze').select('is_on').executeTakeFirstOrThrow();
  if (is_on === 1) return forGood('The fleet is frozen.');
  if (halted !== null) return forGood(halted);
  return (await rateHold(open, serverId, target)) ?? (await fleetHold(open));
}

async function rateHold(open: LogTransaction, serverId: string, target: string): Promise<Hold | null> {
  const nowMs = Date.parse(open.now);
  const ran = (withinMs: number, ofTarget: string | null) =>
    runsWithin(open.tx, nowMs - withinMs, serverId, ofTarget);
  if ((await ran(LIMITS.spacingMs, target)) > 0)
    return forGood(`It was restarted less than ${LIMITS.spacingMs / 1000} s ago.`);
  if ((await ran(LIMITS.hourMs, target)) >= LIMITS.perServiceAndHour)
    return forGood(`It was restarted ${LIMITS.perServiceAndHour} times within an hour.`);
  if ((await ran(LIMITS.dayMs, target)) >= LIMITS.perServiceAndDay)
    return forGood(`It was restarted ${LIMITS.perServiceAndDay} times within a day.`);
  if ((await ran(LIMITS.hourMs, null)) >= LIMITS.perServerAndHour)
    return forGood(`${LIMITS.perServerAndHour} services of ${serverId} were restarted within an hour.`);
  return null;
}

/** Approved or begun after that moment. A moment that lies ahead, because a clock was set back, counts too. */
async function runsWithin(
  db: Store,
  sinceMs: number,
  serverId: string,
  target: string | null,
): Promise<number> {
  const since = timestamp(sinceMs);
  const { total } = await db
    .selectFrom('actions')
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .where('server_id', '=', serverId)
    .$if(target !== null, (q) => q.where('target', '=', target ?? ''))
    .where('status', 'in', RUNS)
    .where((eb) => eb.or([eb('approved_at', '>', since), eb('started_at', '>', since)]))
    .executeTakeFirstOrThrow();
  return Number(total);
}

/** The first of the fleet alone; when it went well, few at once. */
async function fleetHold({ tx, now }: LogTransaction): Promise<Hold | null> {
  const automatic = tx.selectFrom('actions').where('approved_by', 'like', `${POLICY_ACTOR}%`);
  const { out } = await automatic
    .select((eb) => eb.fn.countAll<number>().as('out'))
    .where('status', 'in', OUT)
    .executeTakeFirstOrThrow();
  if (Number(out) === 0) return null;
  const wentWell = await automatic
    .select('action_id')
    .where('status', '=', 'completed')
    .where('finished_at', '>', timestamp(Date.parse(now) - LIMITS.canaryFreshMs))
    .executeTakeFirst();
  if (!wentWell)
    return {
      because: 'The first automatic restart of the fleet goes alone, and has not ended yet.',
      untilOneEnds: true,
    };
  const { servers } = await tx
    .selectFrom('servers')
    .select((eb) => eb.fn.countAll<number>().as('servers'))
    .executeTakeFirstOrThrow();
  const atOnce = Math.max(1, Math.floor(LIMITS.shareAtOnce * Number(servers)));
  return Number(out) < atOnce
    ? null
    : {
        because: `${atOnce} automatic restart${atOnce === 1 ? ' is' : 's are'} under way, and no more at once.`,
        untilOneEnds: true,
      };
}
