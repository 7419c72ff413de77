import { getRouteApi } from '@tanstack/react-router';
import { type ComponentProps, Suspense, lazy, useEffect } from 'react';
import { FleetPage } from '../../features/fleet/fleet-page.tsx';
import { whenIdle } from '../../lib/idle.ts';
import { part } from '../../lib/part.ts';
import { RestartButton } from '../../features/services/restart-button.tsx';

/** Where nothing waits for a decision nothing of it is fetched before this page is at rest. */
const Strip = lazy(
  part(async () => ({
    default: (await import('../../features/actions/decide/decision-strip.tsx')).DecisionStrip,
  })),
);

const Decision = (props: ComponentProps<typeof Strip>) => (
  <Suspense>
    <Strip {...props} />
  </Suspense>
);

/** Where the features meet: what one puts into the rows of another. */
const FLEET_SLOTS = { Restart: RestartButton, Decision };

const fleetRoute = getRouteApi('/inside/');

export function Fleet() {
  // From here people go to a server: its page is fetched while this one is at rest.
  useEffect(() => whenIdle(() => void import('./server-pages.tsx')), []);
  return <FleetPage slots={FLEET_SLOTS} search={fleetRoute.useSearch()} />;
}
