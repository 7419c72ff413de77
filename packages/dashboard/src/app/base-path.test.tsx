import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { answering, hub, json, knowing } from '../testing/hub.ts';
import { openPage } from '../testing/page.tsx';
import { A_SESSION, NOBODY, aServer, anAction } from '../testing/things.ts';

// The document says where it lives before anything of the dashboard is read, which the setup of the tests has done.
vi.hoisted(() => {
  const base = document.createElement('base');
  base.setAttribute('href', '/homelab/');
  document.head.append(base);
  vi.resetModules();
});

beforeAll(() => hub.listen());
afterEach(() => hub.resetHandlers());
afterAll(() => hub.close());

test('below a path of the origin every address begins with it: pages, questions, stream and files', async () => {
  knowing({ servers: [aServer()], actions: [anAction({ status: 'completed' })] });
  const asked: string[] = [];
  hub.events.on('request:start', ({ request }) => asked.push(new URL(request.url).pathname));
  const page = await openPage('/homelab/actions');
  const csv = await screen.findByRole('link', { name: /as CSV/ });
  expect(csv.getAttribute('href')).toMatch(/^\/homelab\/api\/v1\/actions\/export\?/);
  expect(screen.getByRole('link', { name: /Restart plex/ })).toHaveAttribute('href', '/homelab/actions/42');
  expect(page.source().url).toBe('/homelab/api/v1/events');
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter((path) => !path.startsWith('/homelab/api/v1/'))).toEqual([]);
});

test('below a path of the origin, signing in leads back to where someone wanted to go', async () => {
  knowing({ servers: [aServer()] });
  hub.use(http.get('*/api/v1/session', () => json(NOBODY, 200)));
  answering('/session', () => json(A_SESSION, 200));
  await openPage('/homelab/servers/media-01');
  await userEvent.click(await screen.findByRole('button', { name: 'Use an API key' }));
  await userEvent.type(screen.getByLabelText('API key'), 'hlc_key');
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
  await waitFor(() => expect(screen.getByRole('heading', { level: 1, name: 'media-01' })).toBeVisible());
});
