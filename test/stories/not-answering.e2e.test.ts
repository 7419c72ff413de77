import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { api } from '@homelabcmd/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countingService, labProblem, type LabServer, runsOf } from '../../lab/index.ts';
import { type House, openHouse } from '../house/house.ts';
import { serviceRow } from '../house/service-row.ts';

const units = ['jellyfin.service'];

/** What jellyfin would answer with: the lab's servers share the loopback of this machine. */
class Door {
  port = 0;
  #server: Server | null = null;

  async open(): Promise<void> {
    this.#server = createServer((_, response) => response.end('healthy'));
    this.#server.listen(this.port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.port = (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#server?.closeAllConnections();
    this.#server?.close();
    if (this.#server !== null) await once(this.#server, 'close');
    this.#server = null;
  }
}

describe.skipIf(labProblem() !== null)(`a service runs and does not answer ${labProblem() ?? ''}`, () => {
  const door = new Door();
  let house: House;
  let server: LabServer;

  beforeAll(async () => {
    await door.open();
    house = await openHouse();
    server = await house.addServer('media-01', {
      units: { 'jellyfin.service': countingService('jellyfin') },
      enable: units,
      allow: units,
      expect: ['jellyfin'],
    });
    await house.client.call(api.changeService, {
      params: { server_id: 'media-01', service_name: 'jellyfin' },
      body: {
        probe: {
          kind: 'http',
          url: `http://127.0.0.1:${door.port}/health`,
          expect_status: null,
          expect_body: null,
          interval_ms: 1000,
          timeout_ms: 500,
          failures_before_down: 2,
        },
      },
    });
  });
  afterAll(async () => {
    await house?.[Symbol.asyncDispose]();
    await door.close();
  });

  const untilVerdict = (verdict: string) =>
    house.untilService('media-01', 'jellyfin', (service) => service.probe_report?.verdict === verdict);
  const restart = async () => {
    const { action_id } = await house.client.call(api.restartService, {
      params: { server_id: 'media-01', service_name: 'jellyfin' },
    });
    await house.client.call(api.approveAction, { params: { action_id } });
    return action_id;
  };

  test('refused: it is told on the server page and in Needs you; when it answers again, it goes', async () => {
    await untilVerdict('answering');
    const page = await house.openPage('/servers/media-01');
    const fleet = await house.openPage('/');
    const row = serviceRow(page, 'jellyfin');
    await row.untilShows('running');
    const need = fleet
      .getByRole('region', { name: 'Needs you' })
      .getByText('jellyfin does not answer on media-01');
    expect(await need.count()).toBe(0);

    await door.close();
    await row.untilShows('not_answering');
    await row.row.getByText('Not answering').first().waitFor();
    await need.waitFor();
    expect((await house.service('media-01', 'jellyfin')).status).toBe('running');

    await door.open();
    await row.untilShows('running');
    await row.row.getByText('Not answering').waitFor({ state: 'detached' });
    await need.waitFor({ state: 'detached' });
  });

  test('a restart whose probe passes ends Completed', async () => {
    await untilVerdict('answering');
    const before = await runsOf(server, 'jellyfin');
    const actionId = await restart();
    const page = await house.openPage(`/actions/${actionId}`);
    await page.locator('[data-action-status="completed"]').waitFor();
    expect((await house.action(actionId)).result).toMatchObject({ outcome: 'completed', code: null });
    expect(await runsOf(server, 'jellyfin')).toHaveLength(before.length + 1);
  });

  test('a restart whose probe never passes ends Failed with not-answering, and ran once', async () => {
    await door.close();
    await untilVerdict('not_answering');
    const before = await runsOf(server, 'jellyfin');
    const actionId = await restart();
    const page = await house.openPage(`/actions/${actionId}`);
    await page.locator('[data-action-status="failed"]').waitFor();
    await page.getByText('It runs, and does not answer its probe.').first().waitFor();
    expect((await house.action(actionId)).result).toMatchObject({ outcome: 'failed', code: 'not-answering' });
    expect(await runsOf(server, 'jellyfin')).toHaveLength(before.length + 1);
  });
});
