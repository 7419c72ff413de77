import { getRouteApi } from '@tanstack/react-router';
import { lazy, useEffect } from 'react';
import { FleetPage } from '../../features/fleet/fleet-page.tsx';
import { whenIdle } from '../../lib/idle.ts';
import { part } from '../../lib/part.ts';

const loadNeeds = part(() => import('./fleet-needs.tsx'));
const Needs = lazy(loadNeeds);

const fleetRoute = getRouteApi('/inside/');

export function Fleet() {
  // What may need someone next, and the pages to which people go from here, are fetched while this one is at rest.
  useEffect(
    () =>
      whenIdle(() => {
        void loadNeeds();
        void import('./servers/server-pages.tsx');
        void import('./servers/add-server.tsx');
      }),
    [],
  );
  return <FleetPage Needs={Needs} search={fleetRoute.useSearch()} />;
}
