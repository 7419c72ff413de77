import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { api } from '@homelabcmd/protocol';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { labProblem } from '../../lab/index.ts';
import { type House, openHouse } from '../house/house.ts';
import { bringExaminer, examine } from '../pictures/eye/accessibility.ts';

let house: House;
let receiver: Server;
/** What came in, by its path; the next answer to events. */
const got: { path: string; body: string; id: string }[] = [];
let eventsAnswer = 400;

beforeAll(async () => {
  if (labProblem() !== null) return;
  receiver = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      const path = request.url ?? '';
      got.push({ path, body, id: String(request.headers['idempotency-key']) });
      response.writeHead(path === '/events' ? eventsAnswer : 200).end('taken by <b>the receiver</b>');
    });
  });
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  house = await openHouse({ HOMELABCMD_OUTGOING_HOSTS: '127.0.0.1' });
});
afterAll(async () => {
  await house?.[Symbol.asyncDispose]();
  receiver?.close();
});

const address = (path: string) => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}${path}`;

/** Fills the form of a new channel in and saves it. */
async function addChannel(page: Page, kind: string, name: string, path: string): Promise<void> {
  await page.getByRole('button', { name: 'Add a channel' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('By', { exact: true }).selectOption(kind);
  await dialog.getByLabel('Name', { exact: true }).fill(name);
  await dialog.getByLabel('Address', { exact: true }).fill(address(path));
  expect(await examine(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Save the channel' }).click();
  await page.locator(`[data-channel="${name}"]`).waitFor();
}

test.skipIf(labProblem() !== null)(
  `channels are added and tried, what failed is tried again, and a heartbeat goes out ${labProblem() ?? ''}`,
  { timeout: 120_000 },
  async () => {
    const page = await house.openPage('/settings/notifications');
    await page.getByText('nobody is told of them').waitFor();
    await bringExaminer(page);
    expect(await examine(page)).toEqual([]);

    // What the receiver says to a test is shown as text.
    await addChannel(page, 'webhook', 'My hook', '/hook');
    await page.getByRole('button', { name: 'Test My hook' }).click();
    await page.getByText('The receiver took the message.').waitFor();
    await page.getByText('taken by <b>the receiver</b>').waitFor();
    expect(got.map(({ path }) => path)).toEqual(['/hook']);

    // What was given up is tried again by a press, with the same id.
    await addChannel(page, 'event_webhook', 'My events', '/events');
    await house.client.call(api.createServer, { body: { server_id: 'attic-01' } });
    await expect.poll(() => got.filter(({ path }) => path === '/events').length).toBeGreaterThan(0);
    // That it was given up is written down behind the answer.
    await expect
      .poll(async () => {
        const { total } = await house.client.call(api.listDeliveries, { query: { state: 'failed' } });
        return total;
      })
      .toBeGreaterThan(0);
    await page.reload();
    await bringExaminer(page);
    const again = page.getByRole('button', { name: 'Try again: server.created' });
    await again.waitFor();
    eventsAnswer = 200;
    await again.click();
    await page.locator('[data-delivery="delivered"]', { hasText: 'server.created' }).waitFor();
    const ofServer = got.filter(({ body }) => body.includes('"server.created"'));
    expect(ofServer.map(({ id }) => id)).toEqual([ofServer[0]?.id, ofServer[0]?.id]);

    // A heartbeat goes out at once, and its address is not shown.
    await page.getByRole('button', { name: 'Add an address' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('Watcher');
    await dialog.getByLabel('Address', { exact: true }).fill(address('/a-secret'));
    await dialog.getByRole('button', { name: 'Save the heartbeat' }).click();
    await page.locator('[data-heartbeat="Watcher"]').waitFor();
    await expect.poll(() => got.map(({ path }) => path)).toContain('/a-secret');
    expect(await page.content()).not.toContain('a-secret');

    // On a phone nothing goes over the edge.
    await page.setViewportSize({ width: 390, height: 844 });
    const over = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth - clientWidth;
    });
    expect(over).toBeLessThanOrEqual(0);
    expect(await examine(page)).toEqual([]);
    await page.getByRole('button', { name: 'Remove My hook' }).click();
    await page.getByRole('button', { name: 'Remove My hook' }).last().click();
    await page.locator('[data-channel="My hook"]').waitFor({ state: 'detached' });
  },
);
