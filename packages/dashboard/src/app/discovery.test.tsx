import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, test, vi } from 'vitest';
import { answering, json, knowing, problem } from '../testing/hub.ts';
import { openPage } from '../testing/page.tsx';
import { aDiscovered, aServer, aService, serverChanged, serviceChanged } from '../testing/things.ts';

const ADD = '/servers/media-01/services/add';
const BULK = '/servers/media-01/services/bulk';
const jellyfin = aDiscovered({ service_name: 'jellyfin', description: 'Media server' });
const sonarr = aDiscovered({ service_name: 'sonarr' });
const nginx = aDiscovered({ service_name: 'nginx', rank: 'installed', rank_reason: 'starts at boot' });
const fstrim = aDiscovered({ service_name: 'fstrim', rank: 'background', rank_reason: 'one-shot' });
const discovered = [jellyfin, sonarr, nginx, fstrim];
const plex = aService();

const box = (name: string) => screen.findByRole('checkbox', { name });
const button = (name: string | RegExp) => screen.getByRole('button', { name });
const find = () => screen.findByLabelText('Find, or type a name');

beforeEach(() => knowing({ servers: [aServer()], services: [plex, ...discovered], discovered }));

test('the services that nobody expects are shown by how likely someone wants them, with the reason', async () => {
  await openPage(ADD);
  await box('jellyfin');
  const made = screen.getByRole('region', { name: 'Set up on this server' });
  expect(within(made).getAllByRole('checkbox')).toHaveLength(2);
  expect(within(screen.getByRole('region', { name: 'Installed' })).getByText('starts at boot')).toBeVisible();
  expect(screen.queryByRole('checkbox', { name: 'fstrim' })).toBeNull();
  await userEvent.click(button('Show all (1 hidden)'));
  expect(await box('fstrim')).toBeVisible();
  expect(screen.queryByRole('button', { name: /hidden/ })).toBeNull();
});

test('what is ticked is added at once; what came of it is told and the sheet closes', async () => {
  const bodies = answering(BULK, () =>
    json({ services: [{ ...jellyfin, expected: true }], already_expected: ['sonarr'] }, 200),
  );
  const page = await openPage('/servers/media-01');
  await userEvent.click(await screen.findByRole('link', { name: 'Add services' }));
  await screen.findByRole('dialog', { name: 'Add services' });
  expect(page.path()).toBe(ADD);
  await box('jellyfin');
  expect(screen.getByTestId('expect-button')).toHaveAttribute('aria-disabled', 'true');
  await userEvent.click(button('Tick all 2'));
  await userEvent.click(await box('nginx'));
  await userEvent.click(await box('nginx'));
  await userEvent.click(button('Expect 2 services'));
  expect(await screen.findByText('1 service added to what media-01 should run')).toBeVisible();
  expect(screen.getByText(/sonarr was expected already/)).toBeVisible();
  expect(bodies).toEqual([{ services: [{ service_name: 'jellyfin' }, { service_name: 'sonarr' }] }]);
  await vi.waitFor(() => expect(page.path()).toBe('/servers/media-01'));
  expect(screen.getByRole('link', { name: 'Add services' })).toHaveFocus();
});

test('where the hub says no, the sheet stays with what was ticked', async () => {
  answering(BULK, () => problem('not_found', 'Server not found'));
  await openPage(ADD);
  await userEvent.click(await box('jellyfin'));
  await userEvent.click(button('Expect 1 service'));
  expect(await screen.findByText(/Nothing was added: Server not found/)).toBeVisible();
  expect(await box('jellyfin')).toBeChecked();
});

test('a service that someone else expects meanwhile leaves the list and is ticked no more', async () => {
  const page = await openPage(ADD);
  await userEvent.click(await box('jellyfin'));
  await page.tell(serviceChanged(101, { ...jellyfin, expected: true }));
  await waitFor(() => expect(screen.queryByRole('checkbox', { name: 'jellyfin' })).toBeNull());
  expect(button('Expect services')).toHaveAttribute('aria-disabled', 'true');
});

test('a search narrows the list, and Enter ticks the one that is named', async () => {
  await openPage(ADD);
  await box('jellyfin');
  await userEvent.type(await find(), 'media');
  expect(screen.getAllByRole('checkbox')).toHaveLength(1);
  await userEvent.clear(await find());
  await userEvent.type(await find(), 'nginx.service{Enter}');
  expect(await box('nginx')).toBeChecked();
});

test('a service that the server does not report may be expected by name, and that it is not there is said', async () => {
  const bodies = answering('/servers/media-01/services', () =>
    json(aService({ service_name: 'caddy', status: 'not_found' }), 201),
  );
  const page = await openPage(ADD);
  await box('jellyfin');
  await userEvent.type(await find(), 'caddy');
  expect(screen.getByText(/It can be expected all the same/)).toHaveTextContent('media-01 reports no caddy');
  await userEvent.keyboard('{Enter}');
  expect(await screen.findByText(/is expected on media-01 now/)).toHaveTextContent('caddy');
  expect(await find()).toHaveValue('');
  expect(bodies).toEqual([{ service_name: 'caddy' }]);
  await userEvent.click(screen.getByRole('link', { name: 'Edit it' }));
  await vi.waitFor(() => expect(page.path()).toBe('/servers/media-01/services/caddy/edit'));
});

test('one that is expected already is said to be, and leads to its sheet', async () => {
  const bodies = answering('/servers/media-01/services', () => json(plex, 201));
  const page = await openPage(ADD);
  await box('jellyfin');
  await userEvent.type(await find(), 'plex.service{Enter}');
  expect(screen.getByText(/is expected on media-01 already/)).toBeVisible();
  expect(bodies).toHaveLength(0);
  await userEvent.click(screen.getByRole('link', { name: 'Edit it' }));
  await vi.waitFor(() => expect(page.path()).toBe('/servers/media-01/services/plex/edit'));
});

test('a name that systemd cannot have is refused at the field', async () => {
  const bodies = answering('/servers/media-01/services', () => json(plex, 201));
  await openPage(ADD);
  await box('jellyfin');
  await userEvent.type(await find(), 'data.mount{Enter}');
  expect(await find()).toHaveAccessibleDescription(/systemd can have no service of this name/);
  expect(bodies).toHaveLength(0);
});

test.each([
  [{ liveness: 'never_seen', facts: null, last_seen_at: null } as const, /media-01 has not connected yet/],
  [{ liveness: 'offline' } as const, /It reported no service that is not expected/],
  [{} as const, /Every service that media-01 reports is expected already/],
])('an empty list says why: %#', async (over, words) => {
  knowing({ servers: [aServer(over)], services: [plex] });
  await openPage(ADD);
  expect(await within(await screen.findByRole('dialog')).findByText(words)).toBeVisible();
});

test('the list fills when the server connects', async () => {
  knowing({
    servers: [aServer({ liveness: 'never_seen', facts: null, last_seen_at: null })],
    services: [plex],
  });
  const page = await openPage(ADD);
  await within(await screen.findByRole('dialog')).findByText(/has not connected yet/);
  knowing({ servers: [aServer()], services: [plex, jellyfin], discovered: [jellyfin], asOf: 102 });
  await page.tell(serverChanged(101, aServer()));
  await page.tell(serviceChanged(102, aService({ service_name: 'jellyfin', expected: false })));
  expect(await box('jellyfin')).toBeVisible();
});

test('a server on which nothing is expected offers the likeliest in place', async () => {
  knowing({ servers: [aServer()], services: discovered, discovered });
  const bodies = answering(BULK, () =>
    json({ services: [{ ...sonarr, expected: true }], already_expected: [] }, 200),
  );
  const page = await openPage('/servers/media-01');
  expect(await screen.findByRole('heading', { name: 'What should run here?' })).toBeVisible();
  expect(screen.queryByRole('checkbox', { name: 'fstrim' })).toBeNull();
  await userEvent.click(await box('sonarr'));
  await userEvent.click(button('Expect 1 service'));
  expect(await screen.findByText('1 service added to what media-01 should run')).toBeVisible();
  expect(bodies).toEqual([{ services: [{ service_name: 'sonarr' }] }]);
  await page.tell(serviceChanged(101, aService({ service_name: 'sonarr' })));
  await waitFor(() => expect(screen.queryByText('What should run here?')).toBeNull());
  expect(document.querySelector('[data-service="sonarr"]')).not.toBeNull();
});

test('a list that cannot be loaded fails alone and can be tried again', async () => {
  const { hub } = await import('../testing/hub.ts');
  const { http } = await import('msw');
  let isBroken = true;
  hub.use(
    http.get('*/api/v1/servers/:id/services/discovered', () =>
      isBroken ? problem('forbidden', 'Not with this key.', { request_id: 'req-9' }) : undefined,
    ),
  );
  await openPage(ADD);
  expect(await screen.findByText('Not with this key.')).toBeVisible();
  expect(screen.getByText('req-9')).toBeVisible();
  isBroken = false;
  await userEvent.click(button('Try again'));
  expect(await box('jellyfin')).toBeVisible();
});
