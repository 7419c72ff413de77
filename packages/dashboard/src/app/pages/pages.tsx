import { getRouteApi } from '@tanstack/react-router';
import { useEffect } from 'react';
import { DecisionStrip } from '../../features/actions/decide/decision-strip.tsx';
import { FleetPage } from '../../features/fleet/fleet-page.tsx';
import { whenIdle } from '../../lib/idle.ts';
import { RestartButton } from '../../features/services/restart-button.tsx';

/** Where the features meet: what one puts into the rows of another. */
const FLEET_SLOTS = { Restart: RestartButton, Decision: DecisionStrip };

const fleetRoute = getRouteApi('/inside/');

export function Fleet() {
  // From here people go to a server: its page is fetched while this one is at rest.
  useEffect(() => whenIdle(() => void import('./server-pages.tsx')), []);
  return <FleetPage slots={FLEET_SLOTS} search={fleetRoute.useSearch()} />;
}
