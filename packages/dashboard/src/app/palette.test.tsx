import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, test } from 'vitest';
import { answering, json, knowing, problem } from '../testing/hub.ts';
import { openPage } from '../testing/page.tsx';
import { aFailedService, anAction, aServer, aService } from '../testing/things.ts';

beforeEach(() => {
  HTMLDialogElement.prototype.showModal = function showModal() {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function close() {
    this.open = false;
    this.dispatchEvent(new Event('close'));
  };
  knowing({
    servers: [aServer()],
    services: [aFailedService(), aService({ service_name: 'nginx', open_action_id: 41 })],
    actions: [anAction()],
  });
});

async function openPalette(typed: string) {
  const page = await openPage('/');
  await screen.findByText(/needs? you\./);
  await userEvent.keyboard('{Control>}k{/Control}');
  await userEvent.type(await screen.findByRole('combobox', { name: 'Search or run' }), typed);
  return page;
}

test('a restart from the palette is asked for and leads to its review, never to an approval', async () => {
  const bodies = answering('/servers/media-01/services/plex/restart', () => json(anAction(), 201));
  const page = await openPalette('restart plex');
  await userEvent.keyboard('{Enter}');
  await waitFor(() => expect(page.path()).toBe('/actions/42'));
  expect(bodies).toHaveLength(1);
  expect(screen.queryByRole('dialog')).toBeNull();
});

test('where a restart is open already it leads there and asks for nothing', async () => {
  const page = await openPalette('restart nginx');
  expect(screen.getByRole('option', { name: /Restart nginx/ })).toHaveTextContent('already open');
  await userEvent.keyboard('{Enter}');
  await waitFor(() => expect(page.path()).toBe('/actions/41'));
});

test('a restart that the hub says no to is told with the cause', async () => {
  answering('/servers/media-01/services/plex/restart', () => problem('too_many', '20 restarts ran.'));
  await openPalette('restart plex');
  await userEvent.keyboard('{Enter}');
  expect(await screen.findByText('Failed to queue restart: 20 restarts ran.')).toBeVisible();
});

test('the arrows move through what is found and go round', async () => {
  const page = await openPalette('media');
  const chosen = () => screen.getByRole('option', { selected: true }).textContent;
  expect(chosen()).toContain('Go to media-01');
  await userEvent.keyboard('{ArrowUp}{ArrowDown}');
  expect(chosen()).toContain('Go to media-01');
  await userEvent.keyboard('{Enter}');
  await waitFor(() => expect(page.path()).toBe('/servers/media-01'));
});

test('nothing found says what can be found', async () => {
  await openPalette('zzz');
  expect(screen.getByText(/Nothing here is called that/)).toBeVisible();
});
