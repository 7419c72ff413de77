import { z } from 'zod';

/** Of every route of one action. */
export const ActionParams = z.object({
  action_id: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER),
});
