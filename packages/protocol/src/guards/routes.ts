import { z } from 'zod';
import { route } from '../api/route.ts';
import { Freeze } from './freeze.ts';

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
} as const;
