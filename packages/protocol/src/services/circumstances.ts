import { z } from 'zod';
import { capped, Timestamp } from '../text.ts';

/** How a unit that does not run came to be so. */
export const Ending = z.enum(['asked', 'by_itself', 'never_started']);

/** Of a `.timer`: when it runs what it starts. */
export const TimerTimes = z.object({
  /** The unit that it starts. */
  starts: capped(255),
  /** `null` where no run is planned. */
  next_at: Timestamp.nullable(),
  last_at: Timestamp.nullable(),
  /** How the run before ended; `null` where systemd does not know it any more. */
  last_run: z.enum(['well', 'failed', 'running']).nullable(),
});
export type TimerTimes = z.infer<typeof TimerTimes>;

/** What systemd knows around a unit, by which it is told apart what is a fault and what is not. */
export const Circumstances = z.object({
  /** A start or a stop of it waits for its turn. */
  job_queued: z.boolean(),
  /**
   * `asked`: systemd was told to stop it, and it did. `by_itself`: nobody was asked. `never_started`: it has not run since the
   * server booted. `null` while it runs.
   */
  ending: Ending.nullable(),
  /** Why systemd cannot read its unit file; empty where it can. */
  load_problem: capped(300),
  /** Units that it needs and that have failed, or are not there. */
  failed_requirements: z.array(capped(255)).max(20),
  /** systemd gave up its last start, because what it needs did not start. */
  dependency_failed: z.boolean(),
  /** Sockets, timers and paths that start it when something asks for it. */
  triggered_by: z.array(z.object({ unit: capped(255), active: z.boolean() })).max(20),
  /** A condition in its unit file kept it from running when it was last asked to. */
  condition_unmet: z.boolean(),
  /** Its processes are held still. */
  frozen: z.boolean(),
  /** So many of its processes has the kernel ended for want of memory, in this run. */
  oom_kills: z.int().nonnegative(),
  /** The unit's real name, where this is another name of it; empty otherwise. */
  alias_of: capped(255),
  /** The names that it has besides; none where the agent is older. */
  other_names: z.array(capped(255)).max(20).default([]),
  timer: TimerTimes.nullable(),
});
export type Circumstances = z.infer<typeof Circumstances>;
