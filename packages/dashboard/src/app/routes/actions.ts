import { ActionStatus } from '@homelabcmd/protocol';
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { ActionsSearch } from '../../features/actions/list/actions-page.tsx';
import { inside } from './root.ts';

/** A text of the address; what looks like a number was read as one. */
const textOf = (value: unknown): string | undefined => {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
  return text === '' ? undefined : text.slice(0, 255);
};

export const actions = createRoute({
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
  component: lazyRouteComponent(() => import('../pages/action-pages.tsx'), 'Actions'),
  staticData: { nav: { word: 'Actions', icon: 'check', key: 'a', countsPending: true } },
});
