import { ActionStatus } from '@homelabcmd/protocol';
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { ActionsSearch } from '../../features/actions/list/actions-page.tsx';
import { inside } from './root.ts';
import { textOf } from './search-text.ts';

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
  staticData: { nav: { word: 'Actions', icon: 'check', key: 'a', counts: 'actions' } },
});
