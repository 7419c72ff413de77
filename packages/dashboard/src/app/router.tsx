import { ActionStatus } from '@homelabcmd/protocol';
import type { QueryClient } from '@tanstack/react-query';
import {
  Outlet,
  type RouterHistory,
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { hasCode } from '../api/problem.ts';
import { sessionQuery } from '../api/session.ts';
import type { ActionsSearch } from '../features/actions/list/actions-page.tsx';
import { readFleetSearch } from '../features/fleet/servers/search.ts';
import { BASE_PATH } from '../lib/browser/base-path.ts';
import { Inside } from './frame/inside.tsx';
import { CrashPage, WholeCrashPage } from './pages/crash-pages.tsx';
import { Connecting, NotFoundPage } from './pages/lone-pages.tsx';
import { Fleet } from './pages/pages.tsx';

const serverPages = () => import('./pages/server-pages.tsx');
const settingsPages = () => import('./pages/settings-pages.tsx');
const actionPages = () => import('./pages/action-pages.tsx');
const serviceSheets = () => import('./pages/service-sheets.tsx');

const root = createRootRouteWithContext<{ client: QueryClient }>()({
  component: Outlet,
  errorComponent: WholeCrashPage,
});

/** Only a path of this dashboard may be gone to after sign-in. */
const isOwnPath = (to: unknown): to is string => typeof to === 'string' && /^\/(?![/\\])/.test(to);

/** A text of the address; what looks like a number was read as one. */
const textOf = (value: unknown): string | undefined => {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
  return text === '' ? undefined : text.slice(0, 255);
};

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  // What is not valid is overwritten: a key that is left out would keep what was in the address.
  validateSearch: (search): { to?: string | undefined } => ({
    to: isOwnPath(search.to) ? search.to : undefined,
  }),
  component: lazyRouteComponent(() => import('./pages/sign-in.tsx'), 'SignIn'),
});

const inside = createRoute({
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

const fleet = createRoute({
  getParentRoute: () => inside,
  path: '/',
  validateSearch: readFleetSearch,
  component: Fleet,
});

const addServer = createRoute({
  getParentRoute: () => inside,
  path: '/servers/new',
  component: lazyRouteComponent(serverPages, 'AddServer'),
});

const server = createRoute({
  getParentRoute: () => inside,
  path: '/servers/$serverId',
  component: lazyRouteComponent(serverPages, 'ServerRoute'),
});

const addServices = createRoute({
  getParentRoute: () => server,
  path: '/services/add',
  component: lazyRouteComponent(serviceSheets, 'AddServices'),
});

const editService = createRoute({
  getParentRoute: () => server,
  path: '/services/$serviceName/edit',
  component: lazyRouteComponent(serviceSheets, 'EditService'),
});

const actions = createRoute({
  getParentRoute: () => inside,
  path: '/actions',
  validateSearch: (search): ActionsSearch => {
    const status = ActionStatus.safeParse(search.status);
    const page = Number(search.page);
    return {
      status: status.success ? status.data : undefined,
      server: textOf(search.server),
      service: textOf(search.service),
      q: textOf(search.q)?.slice(0, 100),
      page: Number.isSafeInteger(page) && page > 1 ? page : undefined,
    };
  },
  component: lazyRouteComponent(actionPages, 'Actions'),
});

const action = createRoute({
  getParentRoute: () => inside,
  path: '/actions/$actionId',
  component: lazyRouteComponent(actionPages, 'ActionRoute'),
});

const settings = createRoute({
  getParentRoute: () => inside,
  path: '/settings',
  component: lazyRouteComponent(settingsPages, 'Settings'),
});

const settingsSection = createRoute({
  getParentRoute: () => inside,
  path: '/settings/$section',
  component: lazyRouteComponent(settingsPages, 'SettingsSection'),
});

const anythingElse = createRoute({
  getParentRoute: () => inside,
  path: '$',
  component: () => <NotFoundPage />,
});

const routeTree = root.addChildren([
  signIn,
  inside.addChildren([
    fleet,
    addServer,
    server.addChildren([addServices, editService]),
    actions,
    action,
    settings,
    settingsSection,
    anythingElse,
  ]),
]);

/** The pages of the dashboard. Without a `history` the address is the browser's. */
export function makeRouter(client: QueryClient, history?: RouterHistory) {
  return createRouter({
    routeTree,
    basepath: BASE_PATH === '' ? '/' : BASE_PATH,
    context: { client },
    defaultErrorComponent: CrashPage,
    scrollRestoration: true,
    // A page that a link is about to open is fetched while the pointer is still on its way.
    defaultPreload: 'intent',
    ...(history !== undefined && { history }),
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
