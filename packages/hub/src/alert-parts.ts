import { AlertEngine, type AlertParts } from './alerts/engine.ts';
import { DiskForecasts, type ForecastParts } from './alerts/forecast.ts';
import type { LatestMetrics } from './metrics/latest.ts';
import { diskHistory } from './metrics/disk-history.ts';
import type { MetricHistory } from './metrics/tiers/history.ts';
import { selectServers, serverOf } from './servers/view.ts';
import { selectServices, serviceOf } from './services/view.ts';

/** Where alerts meet the servers, the services and the readings. What it begins, the stack ends. */
export async function watchAlerts(
  stack: AsyncDisposableStack,
  parts: Omit<AlertParts, 'present'>,
  { metrics, history }: { metrics: LatestMetrics; history: MetricHistory },
): Promise<AlertEngine> {
  const { db, clock, logger } = parts;
  const alerts = stack.use(
    await AlertEngine.open({
      ...parts,
      present: async (store) => {
        const servers = await selectServers(store).execute();
        const services = await selectServices(store).where('services.expected', '=', 1).execute();
        return {
          servers: servers.map((row) => serverOf(row, clock.nowMs())),
          services: services.map((row) => serviceOf(row, () => undefined)),
        };
      },
    }),
  );
  stack.defer(metrics.subscribe(({ server_id, sample }) => alerts.sample(server_id, sample)));
  const forecasts: ForecastParts = { alerts, logger, diskHistory: () => diskHistory(db, clock, history) };
  stack.use(new DiskForecasts(forecasts)).start();
  return alerts;
}
