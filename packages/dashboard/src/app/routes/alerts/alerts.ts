import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { AlertsSearch } from '../../../features/alerts/search.ts';
import { inside } from '../root.ts';
import { textOf } from '../search-text.ts';

const oneOf = <T extends string>(value: unknown, of: readonly T[]): T | undefined =>
  of.find((each) => each === value);

const list = createRoute({
  getParentRoute: () => inside,
  path: '/alerts',
  validateSearch: (search): AlertsSearch => {
    const page = Number(search.page);
    return {
      view: oneOf(search.view, ['all', 'resolved']),
      severity: oneOf(search.severity, ['critical', 'warning', 'info']),
      server: textOf(search.server),
      q: textOf(search.q)?.slice(0, 100),
      page: Number.isSafeInteger(page) && page > 1 ? page : undefined,
    };
  },
  component: lazyRouteComponent(() => import('../../pages/alert-pages.tsx'), 'Alerts'),
  staticData: { nav: { word: 'Alerts', icon: 'bell', key: 'l', counts: 'alerts' } },
});

/** One alert. The list around it stays where it was. */
const story = createRoute({ getParentRoute: () => list, path: '/$alertId' });

export const alerts = list.addChildren([story]);
