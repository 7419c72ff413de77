import type { QueryClient } from '@tanstack/react-query';
import { Outlet, createRootRouteWithContext, createRoute, redirect } from '@tanstack/react-router';
import { hasCode } from '../../api/problem.ts';
import { sessionQuery } from '../../api/session.ts';
import type { IconName } from '../../ui/glyphs/icon.tsx';
import { Inside } from '../frame/inside.tsx';
import { WholeCrashPage } from '../pages/crash-pages.tsx';
import { Connecting } from '../pages/lone-pages.tsx';

/** The place of a page in the navigation, in the order of the registry. */
export interface NavPlace {
  readonly word: string;
  readonly icon: IconName;
  /** `g` and then this key goes there. */
  readonly key: string;
  /** Shows how many of them wait for somebody. */
  readonly counts?: 'actions' | 'alerts';
  /** Beginnings of other addresses that belong to it. */
  readonly alsoAt?: readonly string[];
}

declare module '@tanstack/react-router' {
  interface StaticDataRouteOption {
    readonly nav?: NavPlace;
  }
}

interface RouterContext {
  readonly client: QueryClient;
  /** What stood behind the question mark of the first address, as it came: a router reads and writes it in its own way. */
  readonly cameWith: string;
}

export const root = createRootRouteWithContext<RouterContext>()({
  component: Outlet,
  errorComponent: WholeCrashPage,
});

/** Everything behind the door: whoever is not signed in is led to it, and back. */
export const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  beforeLoad: async ({ context, location }) => {
    try {
      await context.client.ensureQueryData(sessionQuery);
    } catch (error) {
      if (!hasCode(error, 'unauthenticated')) throw error;
      throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { to: location.href } });
    }
  },
  component: Inside,
  pendingComponent: Connecting,
  errorComponent: WholeCrashPage,
});
