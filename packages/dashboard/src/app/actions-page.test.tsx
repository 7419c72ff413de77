import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { beforeEach, expect, test } from 'vitest';
import { answering, hub, json, knowing, problem } from '../testing/hub.ts';
import { openPage } from '../testing/page.tsx';
import { actionTold, aFailedService, anAction, aServer, aService } from '../testing/things.ts';

const first = anAction({ action_id: 41 });
const second = anAction({ action_id: 42, service_name: 'nginx' });
const ended = anAction({ action_id: 7, status: 'completed', service_name: 'sonarr' });

const strip = (name: string) => screen.findByRole('group', { name: `Restart of ${name} on media-01` });
const table = () => screen.findByRole('table', { name: 'History of actions' });
const services = () =>
  within(document.querySelector('tbody') ?? document.body)
    .queryAllByRole('link')
    .map((link) => link.textContent);

beforeEach(() => {
  knowing({
    servers: [aServer(), aServer({ server_id: 'nas-01' })],
    services: [aFailedService(), aService({ service_name: 'nginx' })],
    actions: [second, first, ended],
  });
});

const searchIn = (path: string) => Object.fromEntries(new URL(path, 'http://hub').searchParams);

/** The queries with which the hub was asked for actions. */
function askedFor(): URLSearchParams[] {
  const asked: URLSearchParams[] = [];
  hub.events.on('request:start', ({ request }) => {
    const url = new URL(request.url);
    if (url.pathname === '/api/v1/actions') asked.push(url.searchParams);
  });
  return asked;
}

test('what waits stands first, the oldest on top, and what became of the rest below', async () => {
  await openPage('/actions');
  await strip('plex');
  expect(screen.getAllByRole('group').map((group) => group.getAttribute('aria-label'))).toEqual([
    'Restart of plex on media-01',
    'Restart of nginx on media-01',
  ]);
  await table();
  expect(services()).toEqual(['Restart sonarr on media-01']);
});

test('after a decision focus and cursor go to the row that waits next, and a second press of the double click approves nothing', async () => {
  const decided = answering('/actions/41/approve', () =>
    json({ ...first, status: 'approved', approved_by: 'admin', revision: 101 }, 200),
  );
  const others = answering('/actions/42/approve', () => json(second, 200));
  await openPage('/actions');
  const approve = within(await strip('plex')).getByTestId('approve-button');
  await waitFor(() => expect(approve).not.toHaveAttribute('aria-disabled'));
  await userEvent.click(approve);
  await waitFor(() => expect(screen.queryByRole('group', { name: /plex/ })).toBeNull());
  const row = document.querySelector<HTMLElement>('[data-row="waiting 42"]');
  expect(row).toHaveFocus();
  expect(row).toHaveAttribute('data-cursor');
  const next = within(await strip('nginx')).getByTestId('approve-button');
  expect(next).toHaveAttribute('data-arming', 'true');
  await userEvent.click(next);
  expect(decided).toHaveLength(1);
  expect(others).toHaveLength(0);
  await waitFor(() => expect(next).not.toHaveAttribute('aria-disabled'));
});

test('after the last decision the focus is on the heading', async () => {
  knowing({ servers: [aServer()], services: [aFailedService()], actions: [first] });
  answering('/actions/41/cancel', () => json({ ...first, status: 'cancelled', revision: 101 }, 200));
  await openPage('/actions');
  await userEvent.click(within(await strip('plex')).getByTestId('cancel-button'));
  await screen.findByText('Nothing waits for you.');
  expect(screen.getByRole('heading', { name: 'Waiting for approval' })).toHaveFocus();
});

test('the chips say how many there are, and choosing one is in the address and in the question', async () => {
  const asked = askedFor();
  const page = await openPage('/actions?server=media-01');
  const chips = await screen.findByRole('navigation', { name: 'Filter by state' });
  const completed = await within(chips).findByRole('link', { name: 'Completed 1' });
  expect(within(chips).queryByRole('link', { name: /Failed/ })).toBeNull();
  await userEvent.click(completed);
  await waitFor(() => expect(searchIn(page.path())).toEqual({ status: 'completed', server: 'media-01' }));
  await waitFor(() => {
    const wanted = asked.find((query) => query.get('status') === 'completed');
    expect(wanted?.get('server_id')).toBe('media-01');
  });
});

test('/ leads to the search; what is typed is looked for when the typing rests, and put into the address once', async () => {
  const asked = askedFor();
  const page = await openPage('/actions');
  await table();
  await userEvent.keyboard('/');
  const field = screen.getByRole('searchbox', { name: 'Search the history' });
  expect(field).toHaveFocus();
  await userEvent.keyboard('kim');
  await waitFor(() => expect(page.path()).toBe('/actions?q=kim'));
  expect(asked.map((query) => query.get('q'))).not.toContain('k');
  await userEvent.keyboard('{Escape}');
  await waitFor(() => expect(page.path()).toBe('/actions'));
});

test('server and service are chosen from what there is, and the files hold exactly what is found', async () => {
  const page = await openPage('/actions');
  await table();
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Server' }), 'media-01');
  await waitFor(() => expect(page.path()).toBe('/actions?server=media-01'));
  await userEvent.selectOptions(await screen.findByRole('combobox', { name: 'Service' }), 'nginx');
  await waitFor(() => expect(searchIn(page.path())).toEqual({ server: 'media-01', service: 'nginx' }));
  const csv = await screen.findByRole('link', { name: /as CSV/ });
  const address = new URL(csv.getAttribute('href') ?? '', 'http://hub');
  expect(address.pathname).toBe('/api/v1/actions/export');
  expect(address.searchParams.get('server_id')).toBe('media-01');
  expect(address.searchParams.get('service_name')).toBe('nginx');
  expect(address.searchParams.get('format')).toBe('csv');
  expect(csv).toHaveAttribute('download');
  await userEvent.click(screen.getByRole('link', { name: 'Clear the filters' }));
  await waitFor(() => expect(page.path()).toBe('/actions'));
});

test('what is new in the history waits while the pointer is in the list, and is one press away', async () => {
  const page = await openPage('/actions');
  const list = await table();
  await userEvent.hover(list);
  const told = anAction({ action_id: 9, status: 'completed', service_name: 'radarr' });
  await page.tell(actionTold(101, 'action.completed', told));
  expect(services()).toEqual(['Restart sonarr on media-01']);
  await userEvent.click(screen.getByRole('button', { name: '1 new' }));
  expect(services()).toEqual(['Restart radarr on media-01', 'Restart sonarr on media-01']);
  expect(screen.queryByRole('button', { name: /new$/ })).toBeNull();
});

test('nothing found says so, with the way back', async () => {
  hub.use(
    http.get('*/api/v1/actions', () =>
      json({ actions: [], total: 0, limit: 50, offset: 0, counts: {} }, 200),
    ),
  );
  await openPage('/actions?q=zzz');
  expect(await screen.findByText(/No action matches these filters/)).toBeVisible();
  expect(screen.queryByText('Export')).toBeNull();
});

test('a page that there is not leads to the first one', async () => {
  hub.use(
    http.get('*/api/v1/actions', () =>
      json({ actions: [], total: 3, limit: 50, offset: 400, counts: {} }, 200),
    ),
  );
  await openPage('/actions?page=9');
  expect(await screen.findByRole('link', { name: 'Go to the first one' })).toHaveAttribute(
    'href',
    '/actions',
  );
});

test('a history that cannot be read says why, with the request to quote, and the rest of the page stands', async () => {
  hub.use(
    http.get('*/api/v1/actions', ({ request }) =>
      new URL(request.url).searchParams.get('status')?.includes('completed')
        ? problem('forbidden', 'Not for this key.', { request_id: 'req-7' })
        : undefined,
    ),
  );
  await openPage('/actions');
  expect(await screen.findByText('Could not load the history')).toBeVisible();
  expect(screen.getByText('req-7')).toBeVisible();
  expect(await strip('plex')).toBeVisible();
});

test('what an action that was refused leaves to do is said, with the command that allows it', async () => {
  const result = {
    outcome: 'refused',
    code: 'not_allowed',
    detail: 'Its list does not name it.',
    exit_code: null,
    output: '',
    before: null,
    after: null,
    ran_ms: null,
    elapsed_ms: 3,
    journal: [],
  } as const;
  const refused = anAction({ status: 'refused', result: { ...result, journal: [] } });
  const restartable = { allowed: false, reason: 'Not in the list.', fix_command: 'echo plex' };
  knowing({ servers: [aServer()], services: [aFailedService({ restartable })], actions: [refused] });
  await openPage('/actions/42');
  const evidence = within(await screen.findByRole('complementary', { name: 'Evidence' }));
  expect(evidence.getByText('never')).toBeVisible();
  expect(evidence.getByText('Allow it on media-01, then ask again.')).toBeVisible();
  expect(await evidence.findByText('echo plex')).toBeVisible();
});

test('without the hub the review says that nothing can be decided', async () => {
  knowing({ servers: [aServer()], services: [aFailedService()], actions: [first] });
  const page = await openPage('/actions/41');
  await screen.findByTestId('approve-button');
  await act(async () => page.source().fail(false));
  expect(await screen.findByText(/Nothing can be decided until the connection is back/)).toBeVisible();
  expect(screen.getByTestId('approve-button')).toHaveAttribute('aria-disabled', 'true');
});
