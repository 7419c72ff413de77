import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, test, vi } from 'vitest';
import { answering, json, knowing, problem } from '../testing/hub.ts';
import { openPage } from '../testing/page.tsx';
import {
  actionTold,
  aFailedService,
  anAction,
  aServer,
  aService,
  serviceChanged,
} from '../testing/things.ts';

const plex = aFailedService();
const RESTART = '/servers/media-01/services/plex/restart';

const row = (name: string) => {
  const element = document.querySelector<HTMLElement>(`[data-service="${name}"]`);
  if (element === null) throw new Error(`There is no row of ${name}`);
  return element;
};
const inRow = (name: string) => within(row(name));

beforeEach(() => knowing({ servers: [aServer()], services: [plex, aService({ service_name: 'nginx' })] }));

test('seeded contract in one breath: UI button `data-testid="restart-button"` on a stopped or failed service, and on no other', async () => {
  knowing({
    servers: [aServer()],
    services: [
      plex,
      aService({ service_name: 'idle', status: 'stopped', state_class: 'down' }),
      aService({ service_name: 'nginx' }),
      aService({ service_name: 'starting', status: 'activating' }),
      aService({ service_name: 'gone', status: 'not_found' }),
      aFailedService({ service_name: 'silent', stale: true }),
    ],
  });
  await openPage('/servers/media-01');
  await waitFor(() => row('plex'));
  const having = [...document.querySelectorAll<HTMLElement>('[data-service]')].filter((each) =>
    within(each).queryByTestId('restart-button'),
  );
  expect(having.map((each) => each.dataset.service)).toEqual(['plex', 'idle']);
  expect(row('silent').dataset.status).toBe('unknown');
  expect(inRow('silent').getByText('stale')).toBeVisible();
});

test('seeded contract in one breath: toast "Restart action queued for approval" on success; the same row becomes the decision', async () => {
  const bodies = answering(RESTART, () => json(anAction(), 201));
  await openPage('/servers/media-01');
  await userEvent.click(await waitFor(() => inRow('plex').getByTestId('restart-button')));
  expect(await screen.findByText('Restart action queued for approval')).toBeVisible();
  expect(inRow('plex').getByTestId('approve-button')).toBeVisible();
  expect(inRow('plex').queryByTestId('restart-button')).toBeNull();
  expect(inRow('plex').getByText('Restart pending')).toBeVisible();
  expect(bodies).toEqual([undefined]);
});

test('nothing is shown as asked for until the hub has stored it', async () => {
  const answer = Promise.withResolvers<Response>();
  answering(RESTART, () => answer.promise as unknown as Response);
  await openPage('/servers/media-01');
  const button = await waitFor(() => inRow('plex').getByTestId('restart-button'));
  await userEvent.click(button);
  expect(button).toHaveTextContent('Sending');
  expect(button).toHaveAttribute('aria-disabled', 'true');
  expect(inRow('plex').queryByTestId('approve-button')).toBeNull();
  answer.resolve(json(anAction(), 201));
  expect(await inRow('plex').findByTestId('approve-button')).toBeVisible();
});

test('a second press while the first is on its way asks once', async () => {
  const bodies = answering(RESTART, () => json(anAction(), 201));
  await openPage('/servers/media-01');
  await userEvent.dblClick(await waitFor(() => inRow('plex').getByTestId('restart-button')));
  await screen.findByText('Restart action queued for approval');
  expect(bodies).toHaveLength(1);
});

test('seeded contract in one breath: "Restart already pending for this service" on 409, which leads to the open action', async () => {
  answering(RESTART, () =>
    problem('action_open', 'A restart is already pending.', { existing_action_id: 41 }),
  );
  const page = await openPage('/servers/media-01');
  await userEvent.click(await waitFor(() => inRow('plex').getByTestId('restart-button')));
  expect(await screen.findByText('Restart already pending for this service')).toBeVisible();
  await userEvent.click(screen.getByRole('button', { name: 'Review' }));
  await vi.waitFor(() => expect(page.path()).toBe('/actions/41'));
});

test.each([
  [
    'too many',
    () => problem('too_many', '20 restarts ran in the last hour.'),
    '20 restarts ran in the last hour.',
  ],
  ['a server that is gone', () => problem('not_found', 'Server not found'), 'Server not found'],
  ['no hub', () => Response.error(), 'The hub cannot be reached.'],
])('seeded contract in one breath: "Failed to queue restart: …" otherwise: %s', async (_, respond, cause) => {
  answering(RESTART, respond);
  await openPage('/servers/media-01');
  await userEvent.click(await waitFor(() => inRow('plex').getByTestId('restart-button')));
  expect(await screen.findByText(`Failed to queue restart: ${cause}`)).toBeVisible();
  expect(inRow('plex').getByTestId('restart-button')).toBeVisible();
});

test('a running service is restarted from its menu', async () => {
  answering('/servers/media-01/services/nginx/restart', () =>
    json(anAction({ service_name: 'nginx', why: null }), 201),
  );
  await openPage('/servers/media-01');
  await userEvent.click(await screen.findByRole('button', { name: 'More for nginx' }));
  await userEvent.click(await screen.findByRole('menuitem', { name: 'Restart…' }));
  expect(await inRow('nginx').findByTestId('approve-button')).toBeVisible();
});

test('r asks for a restart of the row under the cursor, and without a cursor does nothing', async () => {
  const bodies = answering(RESTART, () => json(anAction(), 201));
  await openPage('/servers/media-01');
  await waitFor(() => inRow('plex').getByTestId('restart-button'));
  await userEvent.keyboard('r');
  expect(bodies).toHaveLength(0);
  await userEvent.keyboard('jr');
  expect(await inRow('plex').findByTestId('approve-button')).toBeVisible();
});

test('a service that fails is shown so at once, with why', async () => {
  const page = await openPage('/servers/media-01');
  await waitFor(() => expect(row('nginx').dataset.status).toBe('running'));
  await page.tell(serviceChanged(101, aFailedService({ service_name: 'nginx' })));
  expect(row('nginx').dataset.status).toBe('failed');
  expect(inRow('nginx').getByText('Its main process was ended by SIGKILL.')).toBeVisible();
});

test('while the service settles the row says how far it is, and the end is told', async () => {
  const page = await openPage('/servers/media-01');
  await waitFor(() => row('plex'));
  const since = new Date(Date.now() - 4500).toISOString();
  const executing = anAction({ status: 'executing', verifying_since: since, approved_by: 'admin' });
  await page.tell(actionTold(101, 'action.progress', executing));
  expect(inRow('plex').getByText(/verifying, 4 of 10 s/)).toBeVisible();
  await page.tell(serviceChanged(102, aService()));
  await page.tell(actionTold(103, 'action.completed', anAction({ status: 'completed' })));
  expect(await screen.findByText('plex is running again')).toBeVisible();
  expect(row('plex').dataset.status).toBe('running');
});

test('without the hub nothing can be asked for, and the page says so', async () => {
  const bodies = answering(RESTART, () => json(anAction(), 201));
  const page = await openPage('/servers/media-01');
  const button = await waitFor(() => inRow('plex').getByTestId('restart-button'));
  page.source().fail(false);
  expect(await screen.findByText('Not connected to the hub.')).toBeVisible();
  expect(screen.getByTestId('connection')).toHaveAttribute('data-state', 'lost');
  await userEvent.click(button);
  expect(button).toHaveAttribute('aria-disabled', 'true');
  expect(bodies).toHaveLength(0);
});
