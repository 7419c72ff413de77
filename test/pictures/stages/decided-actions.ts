import { type Action, api } from '@homelabcmd/protocol';
import type { Page } from 'playwright-core';
import { countingService } from '../../../lab/index.ts';
import { editEntry } from '../../house/edited-entry.ts';
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
      'transcoder.service': countingService('transcoder', {
        slowStartMs: A_LONG_TIME_MS,
        // It is to be starting as long as anybody looks.
        serviceLines: ['TimeoutStartSec=infinity'],
      }),
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

/** The audit, with a chain that has just been checked. */
async function auditAt({ page }: Visit, path: string): Promise<Page> {
  const opened = await page(path);
  await opened.getByRole('button', { name: 'Check now' }).click();
  await opened.getByText(/: [\d,]+ entries, checked/).waitFor();
  return opened;
}

/** An entry of the rejection, which somebody has edited. */
const EDITED = { path: '/actions/audit?action=4', verb: 'action.rejected' };
let detailBefore = '';

async function entryToEdit({ client }: House): Promise<number> {
  const { entries } = await client.call(api.listAudit, { query: { verb: EDITED.verb } });
  return entries[0]?.entry ?? 0;
}

async function chainIsBroken(visit: Visit): Promise<Page> {
  const { house } = visit;
  detailBefore = editEntry(house.hub.dataDir, await entryToEdit(house), '{"reason": somebody was here');
  const opened = await auditAt(visit, EDITED.path);
  await opened.getByText('The chain does not hold').waitFor();
  return opened;
}

async function entryIsOpen(visit: Visit): Promise<Page> {
  const opened = await auditAt(visit, '/actions/audit?action=1');
  await opened.getByRole('button', { name: 'Approved the restart' }).click();
  await opened.locator('summary').click();
  return opened;
}

/** Every outcome that an action can have while its server is there. */
export const decidedActions: Stage = {
  name: 'decided actions',
  open,
  scenes: [
    // First, while nothing has run into its time and nobody has asked for more.
    { name: 'audit-list', show: (visit) => auditAt(visit, '/actions/audit') },
    { name: 'audit-entry', isMinor: true, show: entryIsOpen },
    {
      name: 'audit-none',
      isMinor: true,
      show: (visit) => auditAt(visit, '/actions/audit?q=nothing+like+it'),
    },
    {
      name: 'audit-broken',
      isMinor: true,
      show: chainIsBroken,
      putBack: async (house) => {
        editEntry(house.hub.dataDir, await entryToEdit(house), detailBefore);
      },
    },
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
