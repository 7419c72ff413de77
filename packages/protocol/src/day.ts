import { z } from 'zod';
import { ServerId, Timestamp } from './text.ts';

/** Something that happened to the fleet and is worth a mark on its day. */
export const DayMark = z.object({
  /** The event that began it. */
  event_id: z.int().positive(),
  /** `service_down`: an expected service stopped, failed or did not answer. `restart`: an action reached its end. */
  kind: z.enum(['service_down', 'server_offline', 'restart']),
  at: Timestamp,
  /** When it was over; `null` while it lasts. A restart begins and ends at once. */
  until: Timestamp.nullable(),
  server_id: ServerId,
  service_name: z.string().nullable(),
  action_id: z.int().nullable(),
  /** A few words: `Failed, exit code 1`, `Completed`, `Offline`. */
  detail: z.string(),
});
export type DayMark = z.infer<typeof DayMark>;

/** The last 24 hours of the fleet, oldest mark first. */
export const FleetDay = z.object({ from: Timestamp, to: Timestamp, marks: z.array(DayMark) });
export type FleetDay = z.infer<typeof FleetDay>;
