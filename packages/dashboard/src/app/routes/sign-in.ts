import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from './root.ts';

/** Only a path of this dashboard may be gone to after sign-in. */
const isOwnPath = (to: unknown): to is string => typeof to === 'string' && /^\/(?![/\\])/.test(to);

export const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  // What is not valid is overwritten: a key that is left out would keep what was in the address.
  validateSearch: (search): { to?: string | undefined } => ({
    to: isOwnPath(search.to) ? search.to : undefined,
  }),
  component: lazyRouteComponent(() => import('../pages/sign-in.tsx'), 'SignIn'),
});
