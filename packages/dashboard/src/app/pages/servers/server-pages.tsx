import { Outlet, getRouteApi, useNavigate } from '@tanstack/react-router';
import { rangeOf } from '../../../api/metrics/ranges.ts';
import { hasCode } from '../../../api/problem.ts';
import { useServer } from '../../../api/servers.ts';
import { ServerAlerts } from '../../../features/alerts/server-alerts.tsx';
import { OpenActionBadge } from '../../../features/actions/decide/action-links.tsx';
import { DecisionStrip } from '../../../features/actions/decide/decision-strip.tsx';
import { ServerCharts } from '../../../features/metrics/server-charts.tsx';
import { ServerPage } from '../../../features/server/server-page.tsx';
import { ServicesPanel } from '../../../features/services/services-panel.tsx';
import { NotYet } from '../not-yet.tsx';

const SERVICE_SLOTS = { Badge: OpenActionBadge, Decision: DecisionStrip };

const serverRoute = getRouteApi('/inside/servers/$serverId');

export function ServerRoute() {
  const { serverId } = serverRoute.useParams();
  const range = rangeOf(serverRoute.useSearch().range);
  const server = useServer(serverId);
  const navigate = useNavigate();
  // What was read before it was removed is no longer a page.
  if (server.data !== undefined && !hasCode(server.error, 'not_found')) {
    return (
      <ServerPage
        key={serverId}
        server={server.data}
        onRemoved={() => void navigate({ to: '/' })}
        charts={<ServerCharts server={server.data} range={range} />}
      >
        <ServerAlerts serverId={serverId} />
        <ServicesPanel key={serverId} server={server.data} slots={SERVICE_SLOTS} />
        <Outlet />
      </ServerPage>
    );
  }
  return <NotYet what={`the server ${serverId}`} query={server} />;
}
