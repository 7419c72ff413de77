import type { DayMark, MetricHistory } from '@homelabcmd/protocol';
import { NO_READINGS } from '@homelabcmd/protocol';
import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { expect, test } from 'vitest';
import { hub, json, knowing, problem } from '../testing/hub.ts';
import { openPage } from '../testing/page.tsx';
import { AT, aServer, aService } from '../testing/things.ts';

const STEP_MS = 10_000;
const STEPS = 6;
const FROM_MS = Math.floor(Date.now() / STEP_MS) * STEP_MS - (STEPS - 1) * STEP_MS;
const timeAt = (step: number) => new Date(FROM_MS + step * STEP_MS).toISOString();

const series = (
  metric: MetricHistory['series'][number]['metric'],
  mean: (number | null)[],
  label: string | null = null,
) => ({
  ...{ metric, label, unit: 'percent', mean },
  min: mean.map((value) => value && value - 1),
  max: mean.map((value) => value && value + 1),
});

const HISTORY: MetricHistory = {
  ...{ server_id: 'media-01', from: timeAt(0), to: timeAt(STEPS), step_ms: STEP_MS, tier: '10s' },
  series: [
    series('cpu_percent', [10, 20, null, null, 40, 50]),
    series('memory_percent', [30, 30, null, null, 30, 30]),
    series('swap_percent', [5, 5, null, null, 5, 5]),
    series('disk_percent', [70, 70, null, null, 70, 70]),
    series('disk_percent', [70, 70, null, null, 70, 70], '/srv'),
    series('network_received_bytes_per_second', [2048, 1, null, null, 1, 1], 'eth0'),
    series('network_received_bytes_per_second', [9, 9, null, null, 9, 9], 'wg0'),
  ],
  backfilled: [],
};
const mark: DayMark = {
  ...{ event_id: 7, kind: 'service_down', at: timeAt(1), until: timeAt(4), server_id: 'media-01' },
  ...{ service_name: 'plex', action_id: null, detail: 'Failed' },
};
const known = { servers: [aServer()], services: [aService()], history: HISTORY, marks: [mark] };

const chart = async (id: string) =>
  waitFor(() => {
    const found = document.querySelector<HTMLElement>(`[data-chart="${id}"]:has([role="slider"])`);
    if (found === null) throw new Error(`There is no chart ${id}`);
    return within(found);
  });
const charts = () =>
  [...document.querySelectorAll<HTMLElement>('[data-chart]')].map((one) => one.dataset.chart);

test('there is a chart for each metric that the server has, and none for one that it has not', async () => {
  knowing(known);
  await openPage('/servers/media-01');
  await chart('cpu');
  expect(charts()).toEqual(['cpu', 'memory', 'disks', 'network', 'load']);
});

test('a point is told in words: its mean, and from where to where; where nothing was read it says so', async () => {
  knowing(known);
  await openPage('/servers/media-01');
  const slider = (await chart('cpu')).getByRole('slider', { name: 'CPU, a point in time' });
  expect(slider).toHaveAttribute('aria-valuetext', expect.stringMatching(/: 50 % \(49 % to 51 %\)$/));
  slider.focus();
  await userEvent.keyboard('{ArrowLeft}{ArrowLeft}');
  expect(slider).toHaveAttribute('aria-valuetext', expect.stringMatching(/: no reading$/));
  expect((await chart('cpu')).getByText(/: no reading$/)).toBeVisible();
  await userEvent.keyboard('{Home}');
  expect(slider).toHaveAttribute('aria-valuenow', '0');
  await userEvent.keyboard('{Escape}');
  expect((await chart('cpu')).queryByText(/: no reading$/)).toBeNull();
});

test('Show as table is a table of every step with a reading, newest first; gaps have no row', async () => {
  knowing(known);
  await openPage('/servers/media-01');
  await userEvent.click((await chart('memory')).getByRole('button', { name: 'Show as table of Memory' }));
  const table = await screen.findByRole('table', { name: 'Memory' });
  const rows = within(table).getAllByRole('row');
  expect(rows[0]).toHaveTextContent('FromMemorySwap');
  expect(rows).toHaveLength(1 + 4);
  expect(rows[1]).toHaveTextContent('30 % (29 % to 31 %)5.0 % (4.0 % to 6.0 %)');
  await userEvent.click(screen.getByRole('button', { name: 'Hide the table' }));
  expect((await chart('memory')).getByRole('button', { name: 'Show as table of Memory' })).toHaveFocus();
  expect(screen.queryByRole('table', { name: 'Memory' })).toBeNull();
});

test('of several interfaces the busiest is drawn, and another can be chosen', async () => {
  knowing(known);
  await openPage('/servers/media-01');
  const network = await chart('network');
  const value = () => network.getByRole('slider').getAttribute('aria-valuetext');
  expect(value()).toMatch(/1 B\/s/);
  await userEvent.selectOptions(network.getByLabelText('Network: of which'), 'wg0');
  expect(value()).toMatch(/9 B\/s/);
});

test('when another interface becomes the busiest, the choice names the one that is drawn', async () => {
  knowing(known);
  const page = await openPage('/servers/media-01');
  const network = await chart('network');
  const choice = network.getByLabelText('Network: of which');
  expect(choice).toHaveValue('eth0');
  const wg0 = { interface: 'wg0', received_bytes_per_second: 900_000, sent_bytes_per_second: 3 };
  const sample = { ...NO_READINGS, network: [wg0] };
  await act(async () =>
    page.source().send('metrics', { server_id: 'media-01', at: timeAt(STEPS), sample, services: [] }),
  );
  await waitFor(() =>
    expect(network.getByRole('slider')).toHaveAttribute('aria-valuetext', expect.stringMatching(/ki?B\/s/i)),
  );
  expect(choice).toHaveValue('wg0');
});

test('the range is in the address, is asked of the hub, and the tier that answered is said', async () => {
  knowing(known);
  const asked: number[] = [];
  hub.use(
    http.get('*/api/v1/servers/:id/metrics', ({ request }) => {
      const from = new URL(request.url).searchParams.get('from') ?? '';
      asked.push(Math.round((Date.now() - Date.parse(from)) / 3_600_000));
      return json({ ...HISTORY, tier: '10min', step_ms: 7_200_000, from: AT, to: AT, series: [] }, 200);
    }),
  );
  const page = await openPage('/servers/media-01');
  await userEvent.click(await screen.findByRole('link', { name: '30 d, the last 30 days' }));
  await waitFor(() => expect(page.path()).toBe('/servers/media-01?range=30d'));
  await waitFor(() => expect(asked).toEqual([1, 720]));
  expect(await screen.findByText(/mean of 2 h, .* out of readings kept in steps of 10 min/)).toBeVisible();
  expect(screen.getByRole('link', { name: '30 d, the last 30 days' })).toHaveAttribute(
    'aria-current',
    'page',
  );
  const csv = screen.getByRole('link', { name: 'Export the readings of media-01 as CSV' });
  expect(csv.getAttribute('href')).toMatch(
    /^\/api\/v1\/servers\/media-01\/metrics\/export\?from=.*format=csv$/,
  );
});

test('what happened is named, and leads to the time line around it', async () => {
  knowing(known);
  await openPage('/servers/media-01');
  const list = await screen.findByRole('list', { name: 'What happened in the last hour' });
  const link = within(list).getByRole('link', { name: /^plex: failed, \d\d:\d\d$/ });
  const address = new URL(link.getAttribute('href') ?? '', 'http://hub');
  expect(address.pathname).toBe('/servers/media-01/timeline');
  expect(Object.fromEntries(address.searchParams)).toEqual({ at: mark.at, service: 'plex' });
});

test('a reading that comes goes on the line of the last hour', async () => {
  knowing(known);
  const page = await openPage('/servers/media-01');
  const slider = (await chart('cpu')).getByRole('slider');
  const sample = { ...NO_READINGS, cpu_percent: 77 };
  await act(async () =>
    page.source().send('metrics', { server_id: 'media-01', at: timeAt(STEPS + 2), sample, services: [] }),
  );
  await waitFor(() => expect(slider).toHaveAttribute('aria-valuetext', expect.stringMatching(/: 77 %$/)));
  slider.focus();
  await userEvent.keyboard('{ArrowLeft}');
  expect(slider).toHaveAttribute('aria-valuetext', expect.stringMatching(/: no reading$/));
});

test('what an agent told afterwards is said to be so', async () => {
  knowing({ ...known, history: { ...HISTORY, backfilled: [{ from: timeAt(0), to: timeAt(2) }] } });
  await openPage('/servers/media-01');
  expect(await screen.findByText(/Hatched: 20 s that its agent told afterwards/)).toBeVisible();
});

test('a history that cannot be read fails alone, with Try again; what is read now is there', async () => {
  knowing(known);
  let isBroken = true;
  hub.use(
    http.get('*/api/v1/servers/:id/metrics', () =>
      isBroken ? problem('not_found', 'It is gone for a while.') : json(HISTORY, 200),
    ),
  );
  await openPage('/servers/media-01');
  expect(await screen.findByText('Could not load the history of media-01')).toBeVisible();
  expect(screen.getByRole('table', { name: 'Services of media-01' })).toBeVisible();
  expect(charts()).toContain('cpu');
  isBroken = false;
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
  await chart('cpu');
  expect(screen.queryByText('Could not load the history of media-01')).toBeNull();
});

test('a sheet over the page leaves the span of the charts as it was chosen', async () => {
  knowing(known);
  const { path } = await openPage('/servers/media-01?range=7d');
  await userEvent.click(await screen.findByRole('link', { name: 'Add services' }));
  await screen.findByRole('dialog', { name: 'Add services' });
  expect(path()).toBe('/servers/media-01/services/add?range=7d');
  await userEvent.click(screen.getByRole('button', { name: 'Close' }));
  await waitFor(() => expect(path()).toBe('/servers/media-01?range=7d'));
});
