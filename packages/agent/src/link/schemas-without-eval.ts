import { z } from 'zod';

/**
 * Before any schema is made: zod then writes no functions of its own, which an agent whose code is interpreted has no use for, and
 * for which the whole compiler would come into its memory.
 */
z.config({ jitless: true });
