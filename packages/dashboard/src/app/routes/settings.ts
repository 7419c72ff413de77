import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { inside } from './root.ts';

const pages = () => import('../pages/settings-pages.tsx');

export const settings = createRoute({
  getParentRoute: () => inside,
  path: '/settings',
  component: lazyRouteComponent(pages, 'Settings'),
  staticData: { nav: { word: 'Settings', icon: 'settings', key: 's' } },
});

export const settingsSection = createRoute({
  getParentRoute: () => inside,
  path: '/settings/$section',
  component: lazyRouteComponent(pages, 'SettingsSection'),
});
