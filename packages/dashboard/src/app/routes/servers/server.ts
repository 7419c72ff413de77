import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { inside } from '../root.ts';
import { textOf } from '../search-text.ts';

const sheets = () => import('../../pages/servers/service-sheets.tsx');

const serverRoute = createRoute({
  getParentRoute: () => inside,
  path: '/servers/$serverId',
  validateSearch: ({ range }): { range?: string | undefined } => ({ range: textOf(range) }),
  // The sheets over the page, and other servers: whoever has chosen a span goes on looking at that.
  search: { middlewares: [({ search, next }) => ({ range: next(search).range ?? search.range })] },
  component: lazyRouteComponent(() => import('../../pages/servers/server-pages.tsx'), 'ServerRoute'),
});

const addServices = createRoute({
  getParentRoute: () => serverRoute,
  path: '/services/add',
  component: lazyRouteComponent(sheets, 'AddServices'),
});

const editService = createRoute({
  getParentRoute: () => serverRoute,
  path: '/services/$serviceName/edit',
  component: lazyRouteComponent(sheets, 'EditService'),
});

/** A server's page, and the sheets that lie over it. */
export const server = serverRoute.addChildren([addServices, editService]);
