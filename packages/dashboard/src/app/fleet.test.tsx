import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { expect, test, vi } from 'vitest';
import { NO_READINGS, type ServerMetrics } from '@homelabcmd/protocol';
import { answering, hub, json, knowing, problem } from '../testing/hub.ts';
import { openPage } from '../testing/page.tsx';
import {
  actionTold,
  aFailedService,
  anAction,
  aServer,
  aService,
  serverChanged,
  serviceChanged,
} from '../testing/things.ts';

const nas = aServer({ server_id: 'nas-01', tags: ['storage'] });
const gone = aServer({ server_id: 'pi-garage', liveness: 'offline', tags: ['sensors'] });
const fleet = { servers: [aServer({ tags: ['media'] }), nas, gone], services: [aService()] };

const rows = () =>
  [...document.querySelectorAll<HTMLElement>('[data-server]')].map((row) => row.dataset.server);
const serverRow = (id: string) => {
  const row = document.querySelector<HTMLElement>(`[data-server="${id}"]`);
  if (row === null) throw new Error(`There is no row of ${id}`);
  return row;
};
const needs = () => [...document.querySelectorAll<HTMLElement>('.attn > [data-row]')];
const decisions = () => [
  anAction({ action_id: 1, service_name: 'one', target: 'systemd:one.service' }),
  anAction({ action_id: 2, service_name: 'two', target: 'systemd:two.service' }),
];

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

test('the address says which servers are wanted; a value that means nothing is dropped', async () => {
  knowing(fleet);
  const page = await openPage('/?show=offline&tag=Not+A+Tag');
  await waitFor(() => expect(rows()).toEqual(['pi-garage']));
  expect(page.path()).toBe('/?show=offline');
});

test('a filter is one press, and Back takes it away', async () => {
  knowing(fleet);
  const page = await openPage('/');
  await userEvent.click(await screen.findByRole('link', { name: '#storage 1' }));
  await waitFor(() => expect(rows()).toEqual(['nas-01']));
  expect(screen.getByRole('link', { name: '#storage 1' })).toHaveAttribute('aria-current', 'true');
  expect(screen.getByText('1 of 3')).toBeVisible();
  await act(async () => page.back());
  await waitFor(() => expect(rows()).toHaveLength(3));
});

test('/ goes to the search, which finds by service; what finds nothing says so and is cleared', async () => {
  knowing(fleet);
  const page = await openPage('/');
  const field = await screen.findByRole('searchbox', { name: 'Search by name, tag or service' });
  await userEvent.keyboard('/plex');
  await waitFor(() => expect(rows()).toEqual(['media-01']));
  expect(page.path()).toBe('/?q=plex');
  await userEvent.keyboard('q');
  expect(await screen.findByText('No server matches “plexq”.')).toBeVisible();
  await userEvent.click(screen.getByRole('link', { name: 'Clear filters' }));
  await waitFor(() => expect(rows()).toHaveLength(3));
  expect(field).toHaveValue('');
});

test('the chip counts the same things as the sentence', async () => {
  knowing({ ...fleet, services: [aFailedService(), aFailedService({ service_name: 'sonarr' })] });
  await openPage('/');
  expect(await screen.findByText('3 things need you.')).toBeVisible();
  const chip = screen.getByRole('link', { name: 'Needs you 3' });
  await userEvent.click(chip);
  await waitFor(() => expect(rows()).toEqual(['media-01', 'pi-garage']));
});

test('a service that runs and does not answer needs someone, with what its probe says', async () => {
  const silent = aService({
    probe: {
      kind: 'tcp',
      host: '127.0.0.1',
      port: 32400,
      interval_ms: 10_000,
      timeout_ms: 5000,
      failures_before_down: 3,
    },
    probe_report: { verdict: 'not_answering', detail: 'Connection refused.', since: minutesAgo(2) },
  });
  knowing({ servers: [aServer()], services: [silent] });
  await openPage('/');
  expect(await screen.findByText('plex does not answer')).toBeVisible();
  expect(needs()[0]).toHaveTextContent('systemd says that it runs. Connection refused. That was 2 min ago.');
  expect(within(serverRow('media-01')).getByText('1 down')).toBeVisible();
});

test('what is new waits while someone is in the list, and is let in where it belongs', async () => {
  knowing({ ...fleet, services: [aFailedService(), aService({ service_name: 'db', critical: true })] });
  const page = await openPage('/');
  await screen.findByText('2 things need you.');
  await userEvent.keyboard('j');
  await page.tell(serviceChanged(101, aFailedService({ service_name: 'db', critical: true })));
  expect(needs()).toHaveLength(2);
  expect(screen.getByText('3 things need you.')).toBeVisible();
  await userEvent.click(screen.getByRole('button', { name: '1 new' }));
  expect(needs().map((row) => row.dataset.service)).toEqual(['db', 'plex', undefined]);
});

test('of very many things the first fifty are drawn, and all are counted', async () => {
  const services = Array.from({ length: 120 }, (_, n) => aFailedService({ service_name: `s${n}` }));
  knowing({ servers: [aServer()], services });
  await openPage('/');
  await screen.findByText('120 services need you.');
  expect(needs()).toHaveLength(50);
  await userEvent.click(screen.getByRole('button', { name: 'Show all 120' }));
  expect(needs()).toHaveLength(120);
});

test('after a decision the focus is on the next one, and the same key does not decide that too', async () => {
  knowing({ servers: [aServer()], services: [aService()], actions: decisions() });
  const first = answering('/actions/1/approve', () =>
    json(anAction({ ...decisions()[0], status: 'approved', revision: 101 }), 200),
  );
  const second = answering('/actions/2/approve', () =>
    json(anAction({ ...decisions()[1], status: 'approved', revision: 102 }), 200),
  );
  await openPage('/');
  await waitFor(() => expect(needs()).toHaveLength(2));
  await waitFor(() =>
    expect(screen.getAllByTestId('approve-button')[1]).not.toHaveAttribute('aria-disabled'),
  );
  await userEvent.keyboard('ja');
  await waitFor(() => expect(needs()).toHaveLength(1));
  expect(document.activeElement).toBe(needs()[0]);
  expect(needs()[0]).toHaveAttribute('data-cursor');
  await userEvent.keyboard('a');
  expect(first).toHaveLength(1);
  expect(second).toHaveLength(0);
});

test('when someone else decides, the cursor stays where it is', async () => {
  knowing({ servers: [aServer()], services: [aService()], actions: decisions() });
  const page = await openPage('/');
  await waitFor(() => expect(needs()).toHaveLength(2));
  await userEvent.keyboard('j');
  const decided = anAction({ ...decisions()[0], status: 'rejected' });
  await page.tell(actionTold(101, 'action.rejected', decided));
  expect(needs()).toHaveLength(1);
  expect(needs()[0]).not.toHaveAttribute('data-cursor');
});

const recent = (serverId: string) => ({
  from: minutesAgo(2),
  step_ms: 60_000,
  servers: [
    {
      server_id: serverId,
      cpu_percent: [3, null, 22],
      memory_percent: [48, 48, 48],
      disk_percent: [71, 71, 71],
    },
  ],
});
const metrics = (serverId: string): ServerMetrics => ({
  server_id: serverId,
  at: new Date().toISOString(),
  sample: {
    ...NO_READINGS,
    cpu_percent: 22,
    memory_used_bytes: 48,
    memory_total_bytes: 100,
    disks: [{ mount: '/', used_bytes: 71, total_bytes: 100 }],
    uptime_seconds: 3600,
  },
  services: [],
});

test('a row shows the last hour beside the reading; of an offline server neither is shown', async () => {
  knowing({ ...fleet, recent: recent('media-01') });
  const page = await openPage('/');
  await waitFor(() => serverRow('media-01'));
  await act(async () => page.source().send('metrics', metrics('media-01')));
  const row = within(serverRow('media-01'));
  await waitFor(() => expect(row.getByText('22 %')).toBeVisible());
  expect(row.getByText(', between 3 and 22 % in the last hour')).toBeInTheDocument();
  expect(serverRow('media-01').querySelectorAll('svg.spark')).toHaveLength(3);
  await page.tell(serverChanged(101, { ...aServer({ tags: ['media'] }), liveness: 'offline' }));
  expect(serverRow('media-01').querySelectorAll('svg.spark')).toHaveLength(0);
  expect(serverRow('media-01')).not.toHaveTextContent('%');
});

test('the day is drawn only when something happened, and each mark leads to it', async () => {
  knowing(fleet);
  await openPage('/');
  await waitFor(() => expect(rows()).toHaveLength(3));
  expect(screen.queryByRole('figure', { name: 'The last 24 hours' })).toBeNull();
});

test('a fact that changes the day has it read again, once', async () => {
  const mark = {
    event_id: 1,
    at: minutesAgo(40),
    until: null,
    server_id: 'media-01',
    action_id: null,
    kind: 'service_down' as const,
    service_name: 'plex',
    detail: 'Failed',
  };
  knowing(fleet);
  const page = await openPage('/');
  await waitFor(() => expect(rows()).toHaveLength(3));
  let asked = 0;
  const day = { from: minutesAgo(1440), to: minutesAgo(0), marks: [mark] };
  hub.use(
    http.get('*/api/v1/fleet/day', () => {
      asked += 1;
      return json(day, 200);
    }),
  );
  await page.tell(serviceChanged(101, aFailedService()));
  await page.tell(serviceChanged(102, aFailedService({ pid: 1 })));
  const link = await screen.findByRole(
    'link',
    { name: /plex on media-01: Failed, and still so/ },
    { timeout: 5000 },
  );
  expect(link).toHaveAttribute('href', '/servers/media-01');
  expect(asked).toBe(1);
});

test('what the sentence rests on and cannot be read is said, with a way to try again', async () => {
  knowing(fleet);
  hub.use(
    http.get('*/api/v1/services', () =>
      problem('invalid', 'It cannot be told now.', { request_id: '01JD7K2N' }),
    ),
  );
  await openPage('/');
  expect(await screen.findByText('Could not load the services that should run')).toBeVisible();
  expect(screen.getByText('01JD7K2N')).toBeVisible();
  expect(screen.queryByText('Nothing needs you.')).toBeNull();
  knowing(fleet);
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
  await vi.waitFor(() =>
    expect(screen.queryByText('Could not load the services that should run')).toBeNull(),
  );
});
