import { getRouteApi } from '@tanstack/react-router';
import { DecisionStrip } from '../../features/actions/decide/decision-strip.tsx';
import { FleetPage } from '../../features/fleet/fleet-page.tsx';
import { RestartButton } from '../../features/services/restart-button.tsx';

/** Where the features meet: what one puts into the rows of another. */
const FLEET_SLOTS = { Restart: RestartButton, Decision: DecisionStrip };

const fleetRoute = getRouteApi('/inside/');

export const Fleet = () => <FleetPage slots={FLEET_SLOTS} search={fleetRoute.useSearch()} />;
