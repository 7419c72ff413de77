import type { Role } from '@homelabcmd/protocol';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { expect, test } from 'vitest';
import { hub, json, knowing } from '../testing/hub.ts';
import { openPage } from '../testing/page.tsx';
import { aFailedService, anAction, aServer, aService, sessionOf } from '../testing/things.ts';

/** A page as somebody of this role sees it: one service has failed, for another somebody has asked for a restart. */
async function openAs(role: Role, path: string, name = 'kim') {
  const asked = aFailedService({ service_name: 'sonarr', open_action_id: 42 });
  knowing({
    servers: [aServer()],
    services: [aFailedService(), asked, aService({ service_name: 'caddy' })],
    actions: [anAction({ service_name: 'sonarr' })],
  });
  hub.use(http.get('*/api/v1/session', () => json(sessionOf(role, { name }), 200)));
  const page = await openPage(path);
  await screen.findAllByText(/sonarr/);
  return page;
}
const shown = (testId: string) => screen.queryAllByTestId(testId).length;

test('a viewer is offered nothing to press, and is told who decides', async () => {
  await openAs('viewer', '/servers/media-01');
  expect([shown('restart-button'), shown('approve-button'), shown('reject-button')]).toEqual([0, 0, 0]);
  expect(shown('cancel-button')).toBe(0);
  expect(screen.getByText('An approver decides.')).toBeVisible();
  for (const name of [/^More for/, /^Manage/, 'Add services'])
    expect(screen.queryByRole('button', { name })).toBeNull();
  expect(screen.queryByRole('link', { name: 'Add services' })).toBeNull();
});

test('a viewer’s keys ask for nothing and decide nothing', async () => {
  const page = await openAs('viewer', '/servers/media-01');
  const sent: string[] = [];
  hub.events.on('request:start', ({ request }) => {
    if (request.method !== 'GET') sent.push(request.url);
  });
  await userEvent.keyboard('jrjraxjrax');
  expect(screen.queryByLabelText('Reason for rejecting')).toBeNull();
  expect(page.path()).toBe('/servers/media-01');
  expect(sent).toEqual([]);
});

test('an operator asks, takes back what is theirs, and decides nothing', async () => {
  await openAs('operator', '/servers/media-01', 'admin');
  expect([shown('restart-button'), shown('approve-button'), shown('cancel-button')]).toEqual([1, 0, 1]);
  await userEvent.click(screen.getByRole('button', { name: 'Manage media-01' }));
  const items = (await screen.findAllByRole('menuitem')).map((item) => item.textContent);
  expect(items).toEqual(['Begin maintenance…']);
});

test('what somebody else asked for an operator does not take back', async () => {
  await openAs('operator', '/servers/media-01');
  expect(shown('cancel-button')).toBe(0);
});

test('an approver decides, and changes no server', async () => {
  await openAs('approver', '/servers/media-01');
  expect([shown('approve-button'), shown('reject-button'), shown('cancel-button')]).toEqual([1, 1, 1]);
  await userEvent.click(screen.getByRole('button', { name: 'More for caddy' }));
  const items = (await screen.findAllByRole('menuitem')).map((item) => item.textContent);
  expect(items).toEqual(['Restart…']);
});

test('the review says why it is not for an operator to decide', async () => {
  await openAs('operator', '/actions/42');
  expect(await screen.findByText(/It takes an approver: you are an operator/)).toBeVisible();
  expect([shown('approve-button'), shown('reject-button')]).toEqual([0, 0]);
});

test.each([
  [
    'viewer',
    [
      'This hub',
      'Your account',
      'Policies',
      'Alert rules',
      'Jobs',
      'What is kept',
      'Servers',
      'This browser',
    ],
  ],
  [
    'approver',
    [
      ...['This hub', 'Your account', 'Policies', 'Alert rules', 'Jobs', 'Freeze'],
      ...['What is kept', 'Servers', 'This browser'],
    ],
  ],
] as const)('the settings of %s are those that they may use', async (role, words) => {
  await openAs(role, '/servers/media-01');
  await userEvent.click(screen.getAllByRole('link', { name: 'Settings' })[0] as HTMLElement);
  const nav = within(await screen.findByRole('navigation', { name: 'Settings' }));
  expect(nav.getAllByRole('link').map((link) => link.textContent)).toEqual(words);
});

test.each([
  ['/settings/people', 'It takes an administrator: you are an approver.'],
  ['/settings/keys', 'It takes an administrator: you are an approver.'],
  ['/add-server', 'It takes an administrator: you are an approver. They can add it, or make you one.'],
])('%s says by itself that it is not for them', async (path, words) => {
  hub.use(http.get('*/api/v1/session', () => json(sessionOf('approver'), 200)));
  knowing({});
  hub.use(http.get('*/api/v1/session', () => json(sessionOf('approver'), 200)));
  await openPage(path);
  expect(await screen.findByText(words)).toBeVisible();
});

test('the palette offers a viewer to look, and no more', async () => {
  await openAs('viewer', '/servers/media-01');
  await userEvent.keyboard('{Control>}k{/Control}');
  await userEvent.type(await screen.findByRole('combobox', { name: 'Search or run' }), 'caddy');
  expect(screen.getAllByRole('option').map((option) => option.textContent)).toEqual([
    'Go to caddy on media-01Enter',
  ]);
});

test('a right that is taken away while the page is open is gone from it', async () => {
  const page = await openAs('admin', '/servers/media-01');
  expect(shown('restart-button')).toBe(1);
  hub.use(http.get('*/api/v1/session', () => json(sessionOf('viewer'), 200)));
  page.source().fail(false);
  await waitFor(() => expect(shown('restart-button')).toBe(0));
});

test('the menu says who is signed in and as what, and leads to the account', async () => {
  const page = await openAs('approver', '/servers/media-01');
  hub.use(http.get('*/api/v1/sessions', () => json({ sessions: [], total: 0, limit: 500, offset: 0 }, 200)));
  await userEvent.click(screen.getByRole('button', { name: /Signed in as kim/ }));
  expect(await screen.findByText(/Signed in as kim, an approver/)).toBeVisible();
  await userEvent.click(screen.getByRole('menuitem', { name: 'Your account' }));
  await waitFor(() => expect(page.path()).toBe('/settings/account'));
});
