import { act, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { beforeEach, expect, test, vi } from 'vitest';
import { answering, hub, json, knowing, problem } from '../testing/hub.ts';
import { openPage } from '../testing/page.tsx';
import { A_SESSION, NOBODY } from '../testing/things.ts';
import {
  aFailedService,
  anAction,
  aServer,
  aService,
  serverChanged,
  serviceChanged,
} from '../testing/things.ts';

/** The door asks for a name first; a key is the other way. */
async function keyField(): Promise<HTMLElement> {
  await userEvent.click(await screen.findByRole('button', { name: 'Use an API key' }));
  return screen.getByLabelText('API key');
}

const signedOut = () => hub.use(http.get('*/api/v1/session', () => json(NOBODY, 200)));

beforeEach(signedOut);

test('whoever is not signed in is led to the door, and back to where they wanted', async () => {
  knowing({ servers: [aServer()] });
  signedOut();
  const bodies = answering('/session', () => json(A_SESSION, 200));
  const page = await openPage('/servers/media-01');
  expect(page.path()).toBe('/sign-in?to=%2Fservers%2Fmedia-01');
  await userEvent.type(await keyField(), ' hlc_key ');
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
  expect(await screen.findByRole('heading', { level: 1, name: 'media-01' })).toBeVisible();
  expect(page.path()).toBe('/servers/media-01');
  expect(bodies).toEqual([{ api_key: 'hlc_key' }]);
});

test('a session that ends while the page is open leads to the door', async () => {
  knowing({ servers: [aServer()], services: [aService()] });
  const page = await openPage('/servers/media-01');
  await screen.findByText('plex');
  signedOut();
  await act(async () => page.source().fail(true));
  await waitFor(() => expect(page.path()).toBe('/sign-in?to=%2Fservers%2Fmedia-01'));
});

test('a way back that leads out of the dashboard is not taken', async () => {
  knowing({ servers: [aServer()] });
  answering('/session', () => json(A_SESSION, 200));
  const page = await openPage('/sign-in?to=%2F%2Fevil.example');
  await userEvent.type(await keyField(), 'hlc_key');
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
  await waitFor(() => expect(page.path()).toBe('/'));
});

test.each([
  ['unauthenticated', 'No such key.', 'This hub does not know that key.'],
  ['too_many', 'Too many tries. Wait a minute.', 'Too many tries. Wait a minute.'],
] as const)('a key that is turned away is told why: %s', async (code, detail, words) => {
  answering('/session', () => problem(code, detail));
  await openPage('/sign-in');
  await userEvent.type(await keyField(), 'wrong');
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
  expect(await screen.findByText(words)).toBeVisible();
  expect(screen.getByLabelText('API key')).toHaveAttribute('aria-invalid', 'true');
});

test('a hub that cannot be reached is no fault of the key', async () => {
  answering('/session', () => Response.error());
  await openPage('/sign-in');
  await userEvent.type(await keyField(), 'hlc_key');
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
  expect(await screen.findByText(/The hub cannot be reached. Look whether it runs/)).toBeVisible();
  expect(screen.getByLabelText('API key')).toHaveAttribute('aria-invalid', 'false');
});

test('a page that is opened while the hub is away says so, and goes on when it is back', async () => {
  hub.use(http.get('*/api/v1/session', () => problem('unavailable', 'The store is not ready.')));
  await openPage('/servers/media-01');
  expect(await screen.findByText('The hub cannot be reached.')).toBeVisible();
  knowing({ servers: [aServer()] });
  await userEvent.click(screen.getByRole('button', { name: 'Try now' }));
  expect(await screen.findByRole('heading', { level: 1, name: 'media-01' })).toBeVisible();
});

test('the key is hidden until it is asked for', async () => {
  await openPage('/sign-in');
  const field = await keyField();
  expect(field).toHaveAttribute('type', 'password');
  await userEvent.click(screen.getByRole('button', { name: 'Show the key' }));
  expect(field).toHaveAttribute('type', 'text');
});

test('the fleet: one count in the sentence, the list and the badge, and it follows the stream', async () => {
  const nas = aServer({ server_id: 'nas-01' });
  knowing({ servers: [aServer(), nas], services: [aFailedService()], actions: [anAction()] });
  const page = await openPage('/');
  expect(await screen.findByText('1 service needs you.')).toBeVisible();
  expect(screen.getByRole('heading', { level: 1 })).toHaveTextContent('2 of 2 servers healthy.');
  expect(screen.getAllByTitle('Actions waiting for approval')[0]).toHaveTextContent('1');
  const row = () => document.querySelector<HTMLElement>('[data-server="nas-01"]');
  expect(row()?.dataset.liveness).toBe('online');
  await page.tell(serverChanged(101, { ...nas, liveness: 'offline' }));
  expect(row()?.dataset.liveness).toBe('offline');
  expect(screen.getByRole('heading', { level: 1 })).toHaveTextContent(
    '1 of 2 servers healthy. 2 things need you.',
  );
});

test('an empty fleet says how it begins', async () => {
  knowing({});
  await openPage('/');
  expect(await screen.findByText('Add your first server')).toBeVisible();
});

test('a service that is not expected is one choice away, and the choice is the hub’s to tell', async () => {
  const cron = aService({ service_name: 'cron', expected: false });
  knowing({ servers: [aServer()], services: [aService(), cron] });
  const bodies = answering('/servers/media-01/services', () => json({ ...cron, expected: true }, 201));
  const page = await openPage('/servers/media-01');
  await userEvent.click(await screen.findByRole('button', { name: 'All 2' }));
  await userEvent.click(screen.getByRole('button', { name: 'More for cron' }));
  await userEvent.click(await screen.findByRole('menuitem', { name: 'Expect it to run' }));
  await vi.waitFor(() => expect(bodies).toEqual([{ service_name: 'cron' }]));
  await page.tell(serviceChanged(101, { ...cron, expected: true }));
  expect(screen.getByText('2 of 2 running')).toBeVisible();
});

test('what is not there is said to be not there', async () => {
  knowing({});
  await openPage('/servers/nope');
  expect(await screen.findByRole('heading', { level: 1 })).toHaveTextContent(
    'The server nope does not exist.',
  );
});

test('? shows the keys, and g f leads to the fleet', async () => {
  knowing({ servers: [aServer()] });
  const page = await openPage('/actions');
  await screen.findByText('Nothing waits for you.');
  await userEvent.keyboard('?');
  const dialog = await screen.findByRole('dialog', { name: 'Keys' });
  await userEvent.click(dialog);
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  await userEvent.keyboard('gf');
  await waitFor(() => expect(page.path()).toBe('/'));
});
