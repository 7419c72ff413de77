import { api, needsAttention } from '@homelabcmd/protocol';
import { type House, until } from '../house/house.ts';

const WITHIN_MS = 90_000;

/** Waits until there is an alert of all that is wrong in a house: the hub waits a while itself for what that may turn out to be. */
export async function alertsAreThere({ client }: House): Promise<void> {
  const missing = async (): Promise<string[]> => {
    const { servers } = await client.call(api.listServers, { query: { limit: 500 } });
    const { alerts } = await client.call(api.listAlerts, {
      query: { state: 'firing,acknowledged', limit: 500 },
    });
    const has = (kind: string, serverId: string, subject: string | null) =>
      alerts.some((one) => one.kind === kind && one.server_id === serverId && one.subject === subject);
    const wrong: string[] = [];
    for (const { server_id, liveness } of servers) {
      if (liveness === 'offline' && !has('server_offline', server_id, null)) wrong.push(server_id);
      if (liveness !== 'online') continue;
      const { services } = await client.call(api.listServices, { params: { server_id } });
      for (const service of services)
        if (needsAttention(service) && !has('service_down', server_id, service.service_name))
          wrong.push(`${service.service_name} on ${server_id}`);
    }
    return wrong;
  };
  await until('an alert of all that is wrong', async () => (await missing()).length === 0, WITHIN_MS);
}
