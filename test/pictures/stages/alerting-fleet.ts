import { type Alert, api } from '@homelabcmd/protocol';
import type { LabServer } from '../../../lab/index.ts';
import { type House, openHouse, until } from '../../house/house.ts';
import type { Stage } from '../scene.ts';
import { PATIENT, running } from './well-fleet.ts';

const NEXT_YEAR = new Date(Date.now() + 300 * 86_400_000).toISOString();

async function untilAlert(house: House, subject: string, state: Alert['state']): Promise<number> {
  let id = 0;
  await until(`the alert of ${subject} ${state}`, async () => {
    const { alerts } = await house.client.call(api.listAlerts, { query: { subject, limit: 1 } });
    const [alert] = alerts;
    id = alert?.alert_id ?? 0;
    return alert?.state === state;
  });
  return id;
}

async function fail(house: House, server: LabServer, name: string): Promise<number> {
  process.kill(await server.mainPid(`${name}.service`), 'SIGKILL');
  return untilAlert(house, name, 'firing');
}

/** One after the other, so that each has its number: over, silenced, acknowledged, and one that waits with a restart. */
async function open(): Promise<House> {
  await using stack = new AsyncDisposableStack();
  const house = stack.use(await openHouse(PATIENT));
  const server = await house.addServer('media-01', running(['jellyfin', 'sonarr', 'radarr', 'lidarr']));
  const { client } = house;
  const params = { server_id: 'media-01', service_name: 'jellyfin' };
  await client.call(api.changeService, { params, body: { critical: true } });
  await fail(house, server, 'lidarr');
  await server.exec(['systemctl', 'restart', 'lidarr.service']);
  await untilAlert(house, 'lidarr', 'resolved');
  await fail(house, server, 'radarr');
  await client.call(api.createSilence, {
    body: { server_id: 'media-01', subject: 'radarr', until: NEXT_YEAR, reason: 'Moving the films' },
  });
  const seenTo = await fail(house, server, 'sonarr');
  await client.call(api.acknowledgeAlert, {
    params: { alert_id: seenTo },
    body: { note: 'New disk arrives Tuesday' },
  });
  await fail(house, server, 'jellyfin');
  await client.call(api.restartService, { params });
  await client.call(api.createJob, {
    body: { name: 'borg on nas-01', kind: 'backup', every_ms: 86_400_000 },
  });
  stack.move();
  return house;
}

/** An alert in each of its states. */
export const alertingFleet: Stage = {
  name: 'alerting fleet',
  open,
  scenes: [
    {
      name: 'alerts',
      show: async ({ page }) => {
        const opened = await page('/alerts');
        await opened.getByRole('heading', { name: 'Resolved, last 24 h' }).waitFor();
        await opened.getByRole('complementary').getByText('Story').waitFor();
        return opened;
      },
    },
    {
      name: 'alert',
      show: async ({ page }) => {
        const opened = await page('/alerts/4');
        await opened.getByRole('link', { name: 'Review restart' }).last().waitFor();
        return opened;
      },
    },
    {
      name: 'alert-silence',
      isMinor: true,
      show: async ({ page }) => {
        const opened = await page('/alerts/4');
        await opened.getByRole('complementary').getByRole('button', { name: 'Silence…' }).click();
        await opened.getByRole('dialog').waitFor();
        return opened;
      },
    },
    { name: 'alerts-resolved', isMinor: true, show: ({ page }) => page('/alerts?view=resolved') },
    { name: 'alert-unknown', isMinor: true, show: ({ page }) => page('/alerts/999') },
    { name: 'server-with-alerts', isMinor: true, show: ({ page }) => page('/servers/media-01') },
    {
      name: 'settings-alert-rules',
      show: async ({ page }) => {
        const opened = await page('/settings/alert-rules');
        await opened.getByRole('list', { name: 'Alert rules' }).waitFor();
        return opened;
      },
    },
    {
      name: 'settings-alert-rule',
      isMinor: true,
      show: async ({ page }) => {
        const opened = await page('/settings/alert-rules');
        await opened.getByRole('button', { name: 'Change Memory' }).click();
        await opened.getByRole('dialog').waitFor();
        return opened;
      },
    },
    {
      name: 'settings-jobs',
      show: async ({ page }) => {
        const opened = await page('/settings/jobs');
        await opened.getByRole('list', { name: 'Jobs' }).waitFor();
        return opened;
      },
    },
  ],
};
