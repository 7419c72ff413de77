import { getRouteApi } from '@tanstack/react-router';
import { useServer } from '../../api/servers.ts';
import { OpenActionBadge } from '../../features/actions/decide/action-links.tsx';
import { DecisionStrip } from '../../features/actions/decide/decision-strip.tsx';
import { FleetPage } from '../../features/fleet/fleet-page.tsx';
import { ServerPage } from '../../features/server/server-page.tsx';
import { RestartButton } from '../../features/services/restart-button.tsx';
import { ServicesPanel } from '../../features/services/services-panel.tsx';
import { NotYet } from './not-yet.tsx';

/** Where the features meet: what one puts into the rows of another. */
const FLEET_SLOTS = { Restart: RestartButton, Decision: DecisionStrip };
const SERVICE_SLOTS = { Badge: OpenActionBadge, Decision: DecisionStrip };

export const Fleet = () => <FleetPage slots={FLEET_SLOTS} />;

const serverRoute = getRouteApi('/inside/servers/$serverId');

export function ServerRoute() {
  const { serverId } = serverRoute.useParams();
  const server = useServer(serverId);
  if (server.data !== undefined) {
    return (
      <ServerPage server={server.data}>
        <ServicesPanel key={serverId} server={server.data} slots={SERVICE_SLOTS} />
      </ServerPage>
    );
  }
  return <NotYet what={`the server ${serverId}`} query={server} />;
}
