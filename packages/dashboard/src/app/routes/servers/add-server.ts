import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { inside } from '../root.ts';

export const addServer = createRoute({
  getParentRoute: () => inside,
  // Not below `/servers`: there every name is that of a server.
  path: '/add-server',
  component: lazyRouteComponent(() => import('../../pages/servers/add-server.tsx'), 'AddServer'),
});
