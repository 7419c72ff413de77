import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { answering, json, knowing } from '../testing/hub.ts';
import { openPage } from '../testing/page.tsx';
import { AT, aServer } from '../testing/things.ts';

async function askFor(server: ReturnType<typeof aServer>): Promise<void> {
  knowing({ servers: [server] });
  await openPage(`/servers/${server.server_id}`);
  await userEvent.click(await screen.findByRole('button', { name: `Manage ${server.server_id}` }));
  await userEvent.click(await screen.findByRole('menuitem', { name: 'New key…' }));
  await userEvent.click(await screen.findByRole('button', { name: 'Make a new key' }));
}

test.each([
  [true, 'media-01 makes itself a new key'],
  [false, 'media-01 is to make itself a new key'],
])(
  'a new key is asked for in the menu of the server; told is %j, and the page says so',
  async (told, words) => {
    const server = aServer();
    const answer = { server_id: server.server_id, asked_at: AT, told };
    const bodies = answering(`/servers/${server.server_id}/agent-key`, () => json(answer, 200), 'post');
    await askFor(server);
    expect(await screen.findByText(words)).toBeVisible();
    expect([bodies.length, screen.queryByRole('dialog')]).toEqual([1, null]);
  },
);

test('what the hub says no with stands in the dialog', async () => {
  const server = aServer();
  const problem = {
    ...{ type: 'about:blank', title: 'The server is in quarantine', status: 409, code: 'quarantined' },
    detail: 'media-01 is in quarantine: lift it first.',
  };
  answering(`/servers/${server.server_id}/agent-key`, () => json(problem, 409), 'post');
  await askFor(server);
  expect(await screen.findByRole('dialog')).toHaveTextContent(problem.detail);
});

test('a server whose agent was never there has no key to change', async () => {
  const server = { ...aServer(), liveness: 'never_seen' as const };
  knowing({ servers: [server] });
  await openPage(`/servers/${server.server_id}`);
  await userEvent.click(await screen.findByRole('button', { name: `Manage ${server.server_id}` }));
  await screen.findByRole('menuitem', { name: 'Install the agent…' });
  expect(screen.queryByRole('menuitem', { name: 'New key…' })).toBeNull();
});
