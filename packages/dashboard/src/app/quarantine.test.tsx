import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { answering, json, knowing } from '../testing/hub.ts';
import { openPage } from '../testing/page.tsx';
import { AT, aServer } from '../testing/things.ts';

const REASON = 'The agent on media-01 no longer has the order 7 which it had written to its disk.';

test('a server in quarantine says so, and why; the button beside it lifts that', async () => {
  const server = aServer();
  knowing({ servers: [{ ...server, quarantine: { since: AT, reason: REASON } }] });
  const released = json({ ...server, revision: server.revision + 1 }, 200);
  const bodies = answering(`/servers/${server.server_id}/release`, () => released, 'post');
  await openPage(`/servers/${server.server_id}`);
  const title = await screen.findByText('It is in quarantine: nothing is sent to it.');
  expect(title.parentElement).toHaveTextContent(REASON);
  await userEvent.click(screen.getByRole('button', { name: 'Lift the quarantine' }));
  await waitFor(() => expect(screen.queryByText(REASON, { exact: false })).toBeNull());
  expect(bodies.length).toBe(1);
});
