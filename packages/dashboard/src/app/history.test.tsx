import type { TimelineEntry } from '@homelabcmd/protocol';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { beforeEach, expect, test } from 'vitest';
import { hub, json, knowing } from '../testing/hub.ts';
import { openPage } from '../testing/page.tsx';
import { AT, aFailedService, anAction, aServer, aWhy } from '../testing/things.ts';

const HOUR_MS = 3_600_000;
const day = (name: string, running: number, down: number, unknown = 0) => ({
  ...{ day: name, running_ms: running * HOUR_MS, down_ms: down * HOUR_MS, unknown_ms: unknown * HOUR_MS },
  availability: running + down === 0 ? null : running / (running + down),
});
const change = (event_id: number, over: object = {}) => ({
  ...{ event_id, at: AT, status: 'running', state_class: 'running', answers: null, action_id: null },
  ...{ reason: null, why: null, ...over },
});
const failed = change(9, {
  ...{ status: 'failed', state_class: 'down', action_id: 42, why: { ...aWhy(), journal: [] } },
  reason: 'It ran out of memory.',
});

beforeEach(() => {
  knowing({ servers: [aServer()], services: [aFailedService()], actions: [anAction()] });
  hub.use(
    http.get('*/api/v1/servers/:id/services/:name/history', ({ request }) => {
      const cursor = new URL(request.url).searchParams.get('cursor');
      return cursor === '9'
        ? json({ changes: [change(3)], next_cursor: null }, 200)
        : json({ changes: [failed], next_cursor: 9 }, 200);
    }),
    http.get('*/api/v1/servers/:id/services/:name/availability', () =>
      json(
        {
          ...{ from: '2026-01-29', to: '2026-02-01', at: AT },
          days: [day('2026-01-30', 24, 0), day('2026-01-31', 18, 6), day('2026-02-01', 0, 0, 5)],
          months: [
            { ...day('', 42, 6), month: '2026-01' },
            { ...day('', 0, 0, 5), month: '2026-02' },
          ].map(({ day: _, ...month }) => month),
        },
        200,
      ),
    ),
  );
});

const HISTORY = '/servers/media-01/services/plex/history';

test('each change has its reason, and leads to its action and its time line', async () => {
  await openPage(HISTORY);
  const table = await screen.findByRole('table', { name: 'Changes of plex' });
  const row = within(within(table).getAllByRole('row')[1] as HTMLElement);
  expect(row.getByText('Failed')).toBeVisible();
  expect(row.getByText(/It ran out of memory\./)).toBeVisible();
  expect(row.getByRole('link', { name: 'action #42' })).toHaveAttribute('href', '/actions/42');
  const [, moment] = row.getAllByRole('link');
  expect(moment?.getAttribute('href')).toContain('/servers/media-01/timeline?at=');
});

test('older changes have an address of their own, from which the newest are one press away', async () => {
  const page = await openPage(HISTORY);
  await userEvent.click(await screen.findByRole('link', { name: 'Older' }));
  await waitFor(() => expect(page.path()).toMatch(/history\?before=/));
  await waitFor(() => expect(screen.queryByText('Failed')).toBeNull());
  expect(screen.queryByRole('link', { name: 'Older' })).toBeNull();
  await userEvent.click(screen.getByRole('link', { name: 'Newest' }));
  expect(await screen.findByText('Failed')).toBeVisible();
});

test('each day says how it was, also one of which nothing is known; the months are a table', async () => {
  await openPage(HISTORY);
  const days = await screen.findByRole('slider', { name: 'Availability, a day' });
  days.focus();
  const words: (string | null)[] = [];
  for (const key of ['{End}', '{ArrowLeft}', '{ArrowLeft}', '{ArrowLeft}', '{ArrowLeft}']) {
    await userEvent.keyboard(key);
    words.push(days.getAttribute('aria-valuetext'));
  }
  expect(words).toEqual([
    'Sun 1 Feb: not known for 5 h',
    'Sat 31 Jan: 75 % available, down for 6 h',
    'Fri 30 Jan: 100 % available',
    'Thu 29 Jan: not counted',
    'Thu 29 Jan: not counted',
  ]);
  await userEvent.keyboard('{Escape}');
  const months = screen.getByRole('table', { name: 'Availability by month' });
  expect(within(months).getAllByRole('row')[2]).toHaveTextContent(/January 2026\s*87.5 %/);
  await userEvent.click(screen.getByRole('button', { name: 'Show the days as table' }));
  const byDay = screen.getByRole('table', { name: 'Availability by day' });
  expect(
    within(byDay)
      .getAllByRole('row')
      .map((row) => row.textContent),
  ).toEqual([
    'DayAvailabilityRanDownNot known',
    'Sun 1 Febnot known––5 h',
    'Sat 31 Jan75 %18 h6 h–',
    'Fri 30 Jan100 %1 d––',
  ]);
  expect(screen.getByText(/It ran 87.5 % of the time that it was observed/)).toBeVisible();
});

const entries: TimelineEntry[] = [
  {
    ...{ kind: 'journal', at: '2026-01-01T09:35:38.400Z', service_name: 'plex', identifier: 'plex' },
    ...{ pid: 7, priority: 3, message: '<img src=x onerror=alert(1)>' },
  },
  {
    ...{ kind: 'service', at: '2026-01-01T09:35:38.600Z', event_id: 4, service_name: 'plex' },
    ...{ status: 'failed', state_class: 'down', answers: null, action_id: null },
    reason: 'It ran out of memory.',
  },
  {
    ...{ kind: 'action', at: '2026-01-01T09:36:38.600Z', event_id: 5, service_name: 'plex' },
    ...{ action_id: 42, status: 'pending', actor: 'kim', detail: 'asked for it' },
  },
  { kind: 'server', at: '2026-01-01T09:37:00.000Z', event_id: 6, liveness: 'offline' },
];
const TIMELINE = '/servers/media-01/timeline?at=2026-01-01T09:35:38.600Z&around=10min&service=plex';

test('the time line is what the address says: states, journal, actions and the server, with how far each is off', async () => {
  const asked: string[] = [];
  hub.use(
    http.get('*/api/v1/servers/:id/timeline', ({ request }) => {
      asked.push(new URL(request.url).search);
      return json({ from: AT, to: AT, entries, is_cut: false }, 200);
    }),
  );
  await openPage(TIMELINE);
  const list = await screen.findByRole('list', { name: 'What happened, oldest first' });
  const items = within(list).getAllByRole('listitem');
  expect(items.map((item) => item.dataset.kind)).toEqual(['journal', 'service', 'action', 'server']);
  expect(items.map((item) => item.dataset.moment)).toEqual([undefined, 'true', undefined, undefined]);
  expect(items[0]).toHaveTextContent('<img src=x onerror=alert(1)>');
  expect(items[0]).toHaveTextContent('− 200 ms');
  expect(items[1]).toHaveTextContent('the moment');
  expect(items[2]).toHaveTextContent('+ 1 min 0.000 s');
  expect(asked).toEqual([
    '?from=2026-01-01T09%3A30%3A38.600Z&to=2026-01-01T09%3A40%3A38.600Z&service_name=plex',
  ]);
});

test('an address that names no moment shows the one that is now, and nothing that it holds is an error', async () => {
  hub.use(
    http.get('*/api/v1/servers/:id/timeline', () =>
      json({ from: AT, to: AT, entries: [], is_cut: false }, 200),
    ),
  );
  await openPage('/servers/media-01/timeline?at=yesterday&around=9y');
  expect(await screen.findByText(/Nothing is known of this time/)).toBeVisible();
  expect(screen.getByRole('link', { name: '1 h' })).toHaveAttribute('aria-current', 'page');
});

test.each([
  ['/servers/media-01', 'Time line of this failure'],
  ['/actions/42', 'Time line'],
])('%s leads to the time line of the failure', async (path, name) => {
  await openPage(path);
  const link = await screen.findByRole('link', { name });
  const at = aWhy().stopped_at ?? '';
  expect(link).toHaveAttribute('href', expect.stringContaining(encodeURIComponent(at)));
});

test('the settings say what is kept for how long, and by which variable that is set', async () => {
  const kinds = [
    {
      ...{ kind: 'readings_1min', kept_ms: 48 * HOUR_MS, setting: 'HOMELABCMD_METRICS_1MIN_DAYS' },
      oldest_at: AT,
    },
    { kind: 'audit', kept_ms: null, setting: null, oldest_at: null },
  ];
  hub.use(
    http.get('*/api/v1/hub/kept', () =>
      json({ store: { engine: 'sqlite', size_bytes: 3 * 2 ** 20 }, kinds }, 200),
    ),
  );
  await openPage('/settings/kept');
  const table = await screen.findByRole('table', { name: 'What is kept' });
  expect(table).toHaveTextContent(/Readings in steps of a minute/);
  expect(table).toHaveTextContent(/2 d/);
  expect(within(table).getAllByText('HOMELABCMD_METRICS_1MIN_DAYS').length).toBeGreaterThan(0);
  expect(table).toHaveTextContent(/The record of who did whatever/);
  expect(screen.getByText(/The store takes 3.0 MiB/)).toBeVisible();
});
