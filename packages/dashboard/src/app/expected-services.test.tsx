import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse } from 'msw';
import { beforeEach, expect, test, vi } from 'vitest';
import { answering, json, knowing, problem } from '../testing/hub.ts';
import { openPage } from '../testing/page.tsx';
import { aServer, aService, serviceChanged } from '../testing/things.ts';

const PLEX = '/servers/media-01/services/plex';
const EDIT = `${PLEX}/edit`;
const probe = {
  kind: 'http',
  url: 'http://127.0.0.1:32400/identity',
  expect_status: null,
  expect_body: null,
  interval_ms: 10_000,
  timeout_ms: 5000,
  failures_before_down: 3,
} as const;
const plex = aService({ display_name: 'Plex', critical: true, enabled: false, probe });

const openMenu = async (name = 'plex') =>
  userEvent.click(await screen.findByRole('button', { name: `More for ${name}` }));
const choose = async (item: string, role: 'menuitem' | 'menuitemcheckbox' = 'menuitem') =>
  userEvent.click(await screen.findByRole(role, { name: item }));
const type = async (label: string, text: string) => {
  const field = await screen.findByLabelText(label);
  await userEvent.clear(field);
  if (text !== '') await userEvent.type(field, text);
};
const save = () => userEvent.click(screen.getByRole('button', { name: 'Save' }));

beforeEach(() => knowing({ servers: [aServer()], services: [plex] }));

test('the menu leads to the sheet, which saves what was changed and gives the focus back to the menu', async () => {
  const bodies = answering(PLEX, () => json(plex, 200), 'patch');
  const page = await openPage('/servers/media-01');
  await openMenu();
  await choose('Edit…');
  await screen.findByRole('dialog', { name: 'Plex' });
  expect(page.path()).toBe(EDIT);
  await type('Name to show', 'Films');
  await type('Grace time', '90');
  await userEvent.click(screen.getByRole('checkbox', { name: /Critical/ }));
  await userEvent.click(screen.getByRole('checkbox', { name: /Paused/ }));
  await save();
  expect(await screen.findByText('plex is saved')).toBeVisible();
  expect(bodies).toEqual([
    { display_name: 'Films', critical: false, enabled: true, probe, grace_seconds: 90 },
  ]);
  await vi.waitFor(() => expect(page.path()).toBe('/servers/media-01'));
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(screen.getByRole('button', { name: 'More for plex' })).toHaveFocus();
});

test('nothing is shown as saved until the hub has stored it, and a second press sends nothing', async () => {
  const answer = Promise.withResolvers<Response>();
  const bodies = answering(PLEX, () => answer.promise as unknown as Response, 'patch');
  await openPage(EDIT);
  await type('Name to show', 'Films');
  await save();
  const busy = screen.getByRole('button', { name: 'Sending' });
  expect(busy).toHaveAttribute('aria-disabled', 'true');
  await userEvent.click(busy);
  expect(screen.getByRole('dialog')).toBeVisible();
  answer.resolve(json(plex, 200));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(bodies).toHaveLength(1);
});

test('an HTTP probe is set in seconds and sent in milliseconds', async () => {
  knowing({ servers: [aServer()], services: [aService()] });
  const bodies = answering(PLEX, () => json(plex, 200), 'patch');
  await openPage(EDIT);
  await userEvent.click(await screen.findByRole('radio', { name: 'HTTP' }));
  expect(screen.getByText(/Only loopback/)).toHaveTextContent('/etc/homelabcmd/probe-targets');
  await type('Address', 'http://127.0.0.1:32400/identity');
  await type('Ask every', '30');
  await type('Wait for an answer', '0.5');
  await type('Failures in a row', '2');
  await type('Status', '200');
  await save();
  await screen.findByText('plex is saved');
  expect(bodies).toMatchObject([
    {
      display_name: null,
      probe: {
        kind: 'http',
        url: 'http://127.0.0.1:32400/identity',
        expect_status: 200,
        expect_body: null,
        interval_ms: 30_000,
        timeout_ms: 500,
        failures_before_down: 2,
      },
    },
  ]);
});

test('an address that is pasted whole takes the place of the one that is offered', async () => {
  knowing({ servers: [aServer()], services: [{ ...plex, probe: null }] });
  await openPage(EDIT);
  await userEvent.click(await screen.findByRole('radio', { name: 'HTTP' }));
  await userEvent.click(screen.getByLabelText('Address'));
  await userEvent.paste('http://127.0.0.1:8096/health');
  expect(screen.getByLabelText('Address')).toHaveValue('http://127.0.0.1:8096/health');
});

test('what is wrong is said at its field, and nothing is sent', async () => {
  const bodies = answering(PLEX, () => json(plex, 200), 'patch');
  await openPage(EDIT);
  await userEvent.click(await screen.findByRole('radio', { name: 'TCP' }));
  await type('Port', '70000');
  await save();
  const port = screen.getByLabelText('Port');
  expect(port).toBeInvalid();
  expect(port).toHaveAccessibleDescription(/A port is a whole number from 1 to 65535/);
  expect(bodies).toHaveLength(0);
});

test('what the hub says of a value stands at its field, and its sentence below', async () => {
  answering(
    PLEX,
    () =>
      problem('invalid', 'probe.url: not from here', {
        errors: [{ path: 'probe.url', message: 'not from here' }],
        request_id: 'req-7',
      }),
    'patch',
  );
  await openPage(EDIT);
  await screen.findByLabelText('Address');
  await save();
  expect(await screen.findByText(/Not saved: probe.url: not from here/)).toHaveTextContent('req-7');
  expect(screen.getByLabelText('Address')).toHaveAccessibleDescription(/not from here/);
  expect(screen.getByRole('dialog')).toBeVisible();
});

test('a fact that comes while one types changes nothing of what is typed', async () => {
  const page = await openPage(EDIT);
  await type('Name to show', 'Films');
  await page.tell(serviceChanged(101, { ...plex, display_name: 'By someone else' }));
  expect(screen.getByLabelText('Name to show')).toHaveValue('Films');
});

test('a press beside the sheet closes it, but never loses what was typed', async () => {
  const page = await openPage(EDIT);
  const sheet = await screen.findByRole('dialog');
  await type('Name to show', 'Films');
  await userEvent.click(sheet);
  expect(screen.getByLabelText('Name to show')).toHaveValue('Films');
  await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
  await vi.waitFor(() => expect(page.path()).toBe('/servers/media-01'));
});

test('the address alone opens the sheet, and the focus begins at its title', async () => {
  await openPage(EDIT);
  const sheet = await screen.findByRole('dialog', { name: 'Plex' });
  expect(within(sheet).getByRole('heading', { name: 'Plex' })).toHaveFocus();
});

test('a service that is not expected cannot be edited, and the sheet says what to do', async () => {
  knowing({ servers: [aServer()], services: [aService({ expected: false })] });
  await openPage(EDIT);
  expect(await screen.findByText(/media-01 does not expect plex/)).toBeVisible();
});

test('critical and paused are changed from the menu', async () => {
  const bodies = answering(PLEX, () => json(plex, 200), 'patch');
  await openPage('/servers/media-01');
  await openMenu();
  expect(await screen.findByRole('menuitemcheckbox', { name: 'Critical' })).toBeChecked();
  await choose('Critical', 'menuitemcheckbox');
  await openMenu();
  await choose('Paused', 'menuitemcheckbox');
  await vi.waitFor(() => expect(bodies).toEqual([{ critical: false }, { enabled: true }]));
});

test('the menu says so when the hub says no', async () => {
  answering(PLEX, () => problem('not_found', 'This service is not expected on this server'), 'patch');
  await openPage('/servers/media-01');
  await openMenu();
  await choose('Critical', 'menuitemcheckbox');
  expect(await screen.findByText('Could not change plex')).toBeVisible();
  expect(screen.getByText('This service is not expected on this server')).toBeVisible();
});

test('a removed service stays on the page until the hub has said so; Undo expects it again as it was', async () => {
  const removals = answering(PLEX, () => new HttpResponse(null, { status: 204 }), 'delete');
  const bodies = answering('/servers/media-01/services', () => json(plex, 201));
  const page = await openPage('/servers/media-01');
  await openMenu();
  await choose('Stop expecting it');
  const undo = await screen.findByRole('button', { name: 'Undo' });
  expect(screen.getByText('plex is no longer expected')).toBeVisible();
  expect(removals).toHaveLength(1);
  expect(document.querySelector('[data-service="plex"]')).not.toBeNull();
  await page.tell(serviceChanged(101, aService({ expected: false })));
  expect(document.querySelector('[data-service="plex"]')).toBeNull();
  await userEvent.click(undo);
  await vi.waitFor(() => expect(bodies).toHaveLength(1));
  expect(bodies[0]).toEqual({
    service_name: 'plex',
    display_name: 'Plex',
    critical: true,
    enabled: false,
    probe,
    grace_seconds: plex.grace_seconds,
  });
});

test('without the hub nothing can be saved', async () => {
  const bodies = answering(PLEX, () => json(plex, 200), 'patch');
  const page = await openPage(EDIT);
  await screen.findByLabelText('Name to show');
  page.source().fail(false);
  await screen.findByText('Not connected to the hub.');
  await save();
  expect(screen.getByRole('button', { name: 'Save' })).toHaveAttribute('aria-disabled', 'true');
  expect(bodies).toHaveLength(0);
});
