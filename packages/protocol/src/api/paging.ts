import { z } from 'zod';

/** `limit` and `offset` of a list. */
export const Paging = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  offset: z.coerce.number().int().min(0).default(0),
});

/** The shape of every list: the rows under the noun's name, and where in the whole they stand. */
export const listOf = <N extends string, T extends z.ZodType>(noun: N, item: T) =>
  z.object({ [noun]: z.array(item), total: z.int(), limit: z.int(), offset: z.int() } as {
    [K in N]: z.ZodArray<T>;
  } & { total: z.ZodInt; limit: z.ZodInt; offset: z.ZodInt });

export const Nothing = z.null();
/** A body that may be absent or `{}`. */
export const NoBody = z.strictObject({}).nullish();
