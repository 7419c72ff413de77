import { FleetDay } from '../day.ts';
import { route } from '../api/route.ts';

/** Apart from what the hub says of itself: the first page asks for this. */
export const dayRoutes = {
  fleetDay: route({
    method: 'GET',
    path: '/fleet/day',
    summary: 'What happened to the fleet in the last 24 hours',
    tag: 'hub',
    status: 200,
    response: FleetDay,
    problems: [],
  }),
} as const;
