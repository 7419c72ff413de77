import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { inside } from '../root.ts';
import { textOf } from '../search-text.ts';

const pages = () => import('../../pages/servers/history-pages.tsx');

/** What became of a service. `before`: the changes before this one. */
export const serviceHistory = createRoute({
  getParentRoute: () => inside,
  path: '/servers/$serverId/services/$serviceName/history',
  validateSearch: ({ before }): { before?: string | undefined } => ({ before: textOf(before) }),
  component: lazyRouteComponent(pages, 'ServiceHistory'),
});

/** All that is known of one failure: what is in the address is all that the page needs. */
export const timeline = createRoute({
  getParentRoute: () => inside,
  path: '/servers/$serverId/timeline',
  validateSearch: (search): Partial<Record<'service' | 'at' | 'around', string | undefined>> => ({
    service: textOf(search.service),
    at: textOf(search.at),
    around: textOf(search.around),
  }),
  component: lazyRouteComponent(pages, 'Timeline'),
});
