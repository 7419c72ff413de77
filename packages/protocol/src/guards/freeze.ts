import { z } from 'zod';
import { Timestamp } from '../text.ts';

/** The kill switch: while it is on, no order is sent to any agent. Requests and approvals stay possible. */
export const Freeze = z.object({
  on: z.boolean(),
  /** Why it was set; `null` while it is off, or when nobody said. */
  reason: z.string().nullable(),
  /** Who changed it last: a person or key, or `console:<user>` by the command line; `null` when nobody ever did. */
  changed_by: z.string().nullable(),
  changed_at: Timestamp.nullable(),
});
export type Freeze = z.infer<typeof Freeze>;
