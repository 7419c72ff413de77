import { z } from 'zod';
import { Timestamp } from './text.ts';

const count = z.int().min(0).max(100_000).nullable();

/** What of a server's own packages waits, as root's daily timer there has counted. `null`: its package manager does not say. */
export const Updates = z.object({
  looked_at: Timestamp,
  manager: z.enum(['apt', 'dnf', 'none']),
  pending: count,
  /** Those among them that are for security. */
  security: count,
  /** What is installed takes hold only after a start of the whole server. */
  reboot_required: z.boolean().nullable(),
  /** How old the lists are by which it was counted. */
  lists_at: Timestamp.nullable(),
});
export type Updates = z.infer<typeof Updates>;

/** The file that the timer writes. */
export const UpdatesFile = Updates.extend({ v: z.literal(1) });
