import type { QueryClient } from '@tanstack/react-query';
import {
  type RouterHistory,
  createBrowserHistory,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router';
import { BASE_PATH } from '../lib/browser/base-path.ts';
import { CrashPage } from './pages/crash-pages.tsx';
import { pages } from './routes/registry.ts';
import { inside, root } from './routes/root.ts';
import { doors } from './routes/sign-in.ts';

const anythingElse = createRoute({
  getParentRoute: () => inside,
  path: '$',
  component: lazyRouteComponent(() => import('./pages/not-found.tsx'), 'NotFoundPage'),
});

const routeTree = root.addChildren([...doors, inside.addChildren([...pages, anythingElse])]);

/** The pages of the dashboard. Without a `history` the address is the browser's. */
export function makeRouter(client: QueryClient, history: RouterHistory = createBrowserHistory()) {
  return createRouter({
    routeTree,
    basepath: BASE_PATH === '' ? '/' : BASE_PATH,
    context: { client, cameWith: history.location.search },
    defaultErrorComponent: CrashPage,
    scrollRestoration: true,
    // A page that a link is about to open is fetched while the pointer is still on its way.
    defaultPreload: 'intent',
    history,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
