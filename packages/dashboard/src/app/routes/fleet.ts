import { createRoute } from '@tanstack/react-router';
import { readFleetSearch } from '../../features/fleet/servers/search.ts';
import { Fleet } from '../pages/pages.tsx';
import { inside } from './root.ts';

export const fleet = createRoute({
  getParentRoute: () => inside,
  path: '/',
  validateSearch: readFleetSearch,
  component: Fleet,
  staticData: { nav: { word: 'Fleet', icon: 'list', key: 'f', alsoAt: ['/servers', '/add-server'] } },
});
