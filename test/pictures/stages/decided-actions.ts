import { type Action, api } from '@homelabcmd/protocol';
import type { Page } from 'playwright-core';
import { countingService } from '../../../lab/index.ts';
import { type House, openHouse } from '../../house/house.ts';
import type { Scene, Stage, Visit } from '../scene.ts';
import { PATIENT, running } from './well-fleet.ts';

const A_LONG_TIME_MS = 600_000;
const BROKEN = '/run/grafana-is-broken';

/** One action of each outcome, each of a service of its own. */
const OUTCOMES = {
  jellyfin: 'completed',
  grafana: 'failed',
  cron: 'refused',
  radarr: 'rejected',
  sonarr: 'cancelled',
  transcoder: 'executing',
  lidarr: 'pending',
} as const satisfies Record<string, Action['status']>;

async function open(): Promise<House> {
  await using stack = new AsyncDisposableStack();
  const house = stack.use(await openHouse(PATIENT));
  const { units, enable, allow, expect } = running([
    'jellyfin',
    'cron',
    'radarr',
    'sonarr',
    'lidarr',
    'bazarr',
  ]);
  const server = await house.addServer('media-01', {
    units: {
      ...units,
      'grafana.service': countingService('grafana', { failStartWhile: BROKEN }),
      'transcoder.service': countingService('transcoder', { slowStartMs: A_LONG_TIME_MS }),
    },
    enable: [...enable, 'grafana.service'],
    allow: [...allow.filter((unit) => unit !== 'cron.service'), 'grafana.service', 'transcoder.service'],
    expect: [...expect, 'grafana'],
  });
  await server.write(BROKEN, '');
  for (const [service, outcome] of Object.entries(OUTCOMES)) await bringTo(house, service, outcome);
  stack.move();
  return house;
}

async function bringTo(house: House, service_name: string, outcome: Action['status']): Promise<void> {
  const { action_id } = await house.client.call(api.restartService, {
    params: { server_id: 'media-01', service_name },
  });
  const params = { action_id };
  if (outcome === 'pending') return;
  if (outcome === 'cancelled') await house.client.call(api.cancelAction, { params });
  else if (outcome === 'rejected')
    await house.client.call(api.rejectAction, { params, body: { reason: 'Raise the memory limit first' } });
  else await house.client.call(api.approveAction, { params });
  await house.untilAction(action_id, outcome);
}

const numberOf = (service: keyof typeof OUTCOMES) => Object.keys(OUTCOMES).indexOf(service) + 1;

const actionScene = (service: keyof typeof OUTCOMES): Scene => ({
  name: `action-${OUTCOMES[service]}`,
  show: ({ page }) => page(`/actions/${numberOf(service)}`),
});

/** The page offers a decision that someone else has taken meanwhile. */
async function decidedMeanwhile({ house, page }: Visit): Promise<Page> {
  const { action_id } = await house.client.call(api.restartService, {
    params: { server_id: 'media-01', service_name: 'bazarr' },
  });
  const opened = await page(`/actions/${action_id}`);
  await opened.getByTestId('approve-button').first().waitFor();
  await house.client.call(api.rejectAction, {
    params: { action_id },
    body: { reason: 'It is being moved today' },
  });
  await opened.locator('[data-action-status="rejected"]').waitFor();
  return opened;
}

/** Every outcome that an action can have while its server is there. */
export const decidedActions: Stage = {
  name: 'decided actions',
  open,
  scenes: [
    { ...actionScene('jellyfin'), inReadme: { file: 'action.png', view: '1440-light' } },
    ...(['grafana', 'lidarr'] as const).map(actionScene),
    ...(['cron', 'radarr', 'sonarr', 'transcoder'] as const).map(
      (service): Scene => ({ ...actionScene(service), isMinor: true }),
    ),
    { name: 'fleet-after-restarts', isMinor: true, show: ({ page }) => page('/') },
    { name: 'actions-list', show: ({ page }) => page('/actions') },
    { name: 'actions-filtered', isMinor: true, show: ({ page }) => page('/actions?status=failed') },
    { name: 'actions-filtered-none', isMinor: true, show: ({ page }) => page('/actions?status=unknown') },
    { name: 'action-decided-meanwhile', isMinor: true, show: decidedMeanwhile },
  ],
};
