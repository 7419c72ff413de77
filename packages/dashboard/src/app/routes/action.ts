import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { inside } from './root.ts';

export const action = createRoute({
  getParentRoute: () => inside,
  path: '/actions/$actionId',
  component: lazyRouteComponent(() => import('../pages/action-pages.tsx'), 'ActionRoute'),
});
