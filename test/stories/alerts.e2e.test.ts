import { type Alert, api } from '@homelabcmd/protocol';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countingService, labProblem, type LabServer } from '../../lab/index.ts';
import { examineBoth } from '../house/examine-both.ts';
import { type House, openHouse, until } from '../house/house.ts';
import { untilText } from '../house/service-row.ts';

const NAMES = ['plex', 'grafana', 'sonarr'];

describe.skipIf(labProblem() !== null)(`alerts ${labProblem() ?? ''}`, () => {
  let house: House;
  let server: LabServer;

  beforeAll(async () => {
    house = await openHouse();
    server = await house.addServer('media-01', {
      units: Object.fromEntries(NAMES.map((name) => [`${name}.service`, countingService(name)])),
      enable: NAMES.map((name) => `${name}.service`),
      allow: NAMES.map((name) => `${name}.service`),
      expect: NAMES,
    });
  });
  afterAll(() => house?.[Symbol.asyncDispose]());

  const alertOf = async (subject: string): Promise<Alert | undefined> => {
    const { alerts } = await house.client.call(api.listAlerts, { query: { subject, limit: 1 } });
    return alerts[0];
  };
  const untilAlert = async (subject: string, isSo: (alert: Alert) => boolean): Promise<Alert> => {
    let last: Alert | undefined;
    await until(`an alert of ${subject}`, async () => {
      last = await alertOf(subject);
      return last !== undefined && isSo(last);
    });
    if (last === undefined) throw new Error(`There is no alert of ${subject}`);
    return last;
  };
  const fail = async (name: string): Promise<Alert> => {
    process.kill(await server.mainPid(`${name}.service`), 'SIGKILL');
    return untilAlert(name, ({ state }) => state === 'firing');
  };
  const mend = async (name: string): Promise<void> => {
    await server.exec(['systemctl', 'restart', `${name}.service`]);
    await untilAlert(name, ({ state }) => state === 'resolved');
  };
  const row = (page: Page, alertId: number) => page.locator(`.cause[data-alert="${alertId}"]`);
  const rowIn = (page: Page, alertId: number, state: Alert['state']) =>
    row(page, alertId).and(page.locator(`[data-alert-state="${state}"]`));

  test('a failure appears by itself, is acknowledged in one press, taken back, and resolved when it runs again', async () => {
    const page = await house.openPage('/alerts');
    await untilText(page, 'Nothing needs you.');
    const { alert_id } = await fail('plex');
    await rowIn(page, alert_id, 'firing').waitFor();
    await untilText(page, '1 cause needs you.');
    expect(await examineBoth(page)).toEqual([]);

    await row(page, alert_id).getByRole('button', { name: 'Acknowledge' }).click();
    await rowIn(page, alert_id, 'acknowledged').waitFor();
    await untilText(page, 'Nothing needs you. 1 is acknowledged.');
    expect((await untilAlert('plex', ({ state }) => state === 'acknowledged')).acknowledged?.by).toBe(
      'dashboard',
    );

    await row(page, alert_id).getByRole('link', { name: /plex/ }).click();
    await page.waitForURL(`**/alerts/${alert_id}`);
    const story = page.getByRole('complementary');
    await story.getByRole('button', { name: 'Take back' }).click();
    await rowIn(page, alert_id, 'firing').waitFor();
    await story
      .getByText(/\d\d:\d\d:\d\d\.\d\d\d/)
      .first()
      .waitFor();
    expect(await examineBoth(page)).toEqual([]);

    await mend('plex');
    await page.locator('[data-alert-story="resolved"]').waitFor();
    await rowIn(page, alert_id, 'resolved').waitFor();
  });

  test('a silenced alert is quiet until the silence is ended, and is shown all the while', async () => {
    const { alert_id } = await fail('grafana');
    const page = await house.openPage(`/alerts/${alert_id}`);
    await page.getByRole('complementary').getByRole('button', { name: 'Silence…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('8 h').click();
    await dialog.getByRole('textbox', { name: 'Why' }).fill('Moving the dashboards');
    expect(await examineBoth(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Silence' }).click();
    await dialog.waitFor({ state: 'detached' });
    await row(page, alert_id)
      .getByText(/Silenced by dashboard until .*Moving the dashboards/)
      .waitFor();
    await untilText(page, 'Nothing needs you. 1 is silenced.');
    const silenced = await untilAlert('grafana', (alert) => alert.silenced !== null);
    expect(silenced.state).toBe('firing');

    await row(page, alert_id).getByRole('button', { name: 'End silence' }).click();
    await untilText(page, '1 cause needs you.');
    await untilAlert('grafana', (alert) => alert.silenced === null);
    await mend('grafana');
  });

  test('in maintenance alerts are held back and shown; when it ends, what is still wrong is told', async () => {
    const params = { server_id: 'media-01' };
    const quiet = { on: true, until: null, reason: 'New disks' };
    await house.client.call(api.setMaintenance, { params, body: quiet });
    const { alert_id } = await fail('sonarr');
    const page = await house.openPage('/alerts');
    await row(page, alert_id)
      .getByText(/as long as the maintenance lasts: “New disks”/)
      .waitFor();
    await untilText(page, 'Nothing needs you. 1 is silenced.');
    expect(await examineBoth(page)).toEqual([]);
    expect(
      await page
        .getByRole('link', { name: /Alerts/ })
        .first()
        .textContent(),
    ).toBe('Alerts');

    await house.client.call(api.setMaintenance, { params, body: { on: false } });
    await row(page, alert_id).getByRole('button', { name: 'Acknowledge' }).waitFor();
    await untilText(page, '1 cause needs you.');
    await mend('sonarr');
  });
});
