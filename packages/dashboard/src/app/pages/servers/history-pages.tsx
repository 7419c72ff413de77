import { getRouteApi } from '@tanstack/react-router';
import { aroundOf, momentOf, windowAround } from '../../../api/timeline/timeline.ts';
import { useServer } from '../../../api/servers.ts';
import { ServiceHistoryPage } from '../../../features/history/service-history-page.tsx';
import { WindowCharts } from '../../../features/metrics/window-charts.tsx';
import { TimelinePage } from '../../../features/timeline/timeline-page.tsx';
import { hubNowMs } from '../../../lib/hub-clock.ts';
import { NotYet } from '../not-yet.tsx';
import { useState } from 'react';

const historyRoute = getRouteApi('/inside/servers/$serverId/services/$serviceName/history');
const timelineRoute = getRouteApi('/inside/servers/$serverId/timeline');

export function ServiceHistory() {
  const { serverId, serviceName } = historyRoute.useParams();
  const before = Number(historyRoute.useSearch().before);
  const server = useServer(serverId);
  if (server.data === undefined) return <NotYet what={`the server ${serverId}`} query={server} />;
  return (
    <ServiceHistoryPage
      key={`${serverId} ${serviceName}`}
      serverId={serverId}
      serviceName={serviceName}
      before={Number.isSafeInteger(before) && before > 0 ? before : undefined}
    />
  );
}

export function Timeline() {
  const { serverId } = timelineRoute.useParams();
  const { service, at, around: asked } = timelineRoute.useSearch();
  const server = useServer(serverId);
  const [openedMs] = useState(hubNowMs);
  if (server.data === undefined) return <NotYet what={`the server ${serverId}`} query={server} />;
  const atMs = momentOf(at) ?? openedMs;
  const around = aroundOf(asked);
  return (
    <TimelinePage
      key={serverId}
      serverId={serverId}
      service={service}
      atMs={atMs}
      around={around}
      charts={<WindowCharts serverId={serverId} {...windowAround(atMs, around)} />}
    />
  );
}
