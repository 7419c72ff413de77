import { AlertEngine, type AlertParts } from './alerts/engine.ts';
import type { LatestMetrics } from './metrics/latest.ts';
import { selectServers, serverOf } from './servers/view.ts';
import { selectServices, serviceOf } from './services/view.ts';

/** Where alerts meet the servers, the services and the readings. */
export async function watchAlerts(
  parts: Omit<AlertParts, 'present'>,
  { metrics }: { metrics: LatestMetrics },
): Promise<AlertEngine> {
  const alerts = await AlertEngine.open({
    ...parts,
    present: async (db) => {
      const servers = await selectServers(db).execute();
      const services = await selectServices(db).where('services.expected', '=', 1).execute();
      return {
        servers: servers.map((row) => serverOf(row, parts.clock.nowMs())),
        services: services.map((row) => serviceOf(row, () => undefined)),
      };
    },
  });
  metrics.subscribe(({ server_id, sample }) => alerts.sample(server_id, sample));
  return alerts;
}
