import { z } from 'zod';

// zod compiles schemas with `new Function`, which the hub's content security policy forbids. It must be told before
// the first schema is made, so this file is imported before anything else.
z.config({ jitless: true });
