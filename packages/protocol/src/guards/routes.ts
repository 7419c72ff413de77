import { z } from 'zod';
import { route } from '../api/route.ts';
import { Freeze } from './freeze.ts';
import { Automation } from './policy.ts';

/** What holds the fleet as a whole, which every page shows. */
export const guardRoutes = {
  getFreeze: route({
    method: 'GET',
    path: '/freeze',
    summary: 'Whether the fleet is frozen: then no order is sent',
    tag: 'guards',
    status: 200,
    response: Freeze,
    problems: [],
  }),
  setFreeze: route({
    method: 'PUT',
    path: '/freeze',
    summary: 'Freeze the fleet, or lift the freeze',
    tag: 'guards',
    body: z.strictObject({ on: z.boolean(), reason: z.string().trim().max(500).nullish() }),
    status: 200,
    response: Freeze,
    problems: [],
  }),
  automation: route({
    method: 'GET',
    path: '/automation',
    summary: 'Whether automation as a whole holds still, and why',
    tag: 'guards',
    status: 200,
    response: Automation,
    problems: [],
  }),
} as const;
