import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import type { QueryClient } from '@tanstack/react-query';
import { doorQuery } from '../../api/access/door.ts';
import { type FragmentPath, keepFragment } from '../../lib/browser/fragment-secret.ts';
import { Connecting } from '../pages/lone-pages.tsx';
import { root } from './root.ts';

const pages = () => import('../pages/sign-in.tsx');

/** Only a path of this dashboard may be gone to after sign-in. */
const isOwnPath = (to: unknown): to is string => typeof to === 'string' && /^\/(?![/\\])/.test(to);

/** Whether there are accounts decides what the door looks like; a hub that does not answer shows the usual one. */
const askAtTheDoor = async ({ context }: { context: { client: QueryClient } }): Promise<void> => {
  await context.client.fetchQuery(doorQuery).catch(() => undefined);
};

/** Takes the token out of the address bar before anything else is done. */
const takeToken =
  (path: FragmentPath) =>
  ({ location }: { location: { hash: string } }): void => {
    if (location.hash === '') return;
    keepFragment(path, location.hash);
    throw redirect({ to: path, replace: true });
  };

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  // What is not valid is overwritten: a key that is left out would keep what was in the address.
  validateSearch: (search): { to?: string | undefined } => ({
    to: isOwnPath(search.to) ? search.to : undefined,
  }),
  loader: askAtTheDoor,
  pendingComponent: Connecting,
  component: lazyRouteComponent(pages, 'SignIn'),
});

const setUp = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  beforeLoad: takeToken('/setup'),
  loader: askAtTheDoor,
  pendingComponent: Connecting,
  component: lazyRouteComponent(pages, 'SetUp'),
});

const invitation = createRoute({
  getParentRoute: () => root,
  path: '/invitation',
  beforeLoad: takeToken('/invitation'),
  component: lazyRouteComponent(pages, 'Invitation'),
});

/** Where the provider of a single sign-on sends the browser. */
const answer = createRoute({
  getParentRoute: () => root,
  path: '/sign-in/answer',
  component: lazyRouteComponent(pages, 'Answer'),
});

/** The pages before the door. */
export const doors = [signIn, setUp, invitation, answer] as const;
