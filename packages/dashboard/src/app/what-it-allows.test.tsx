import type { Allows, ServerFacts } from '@homelabcmd/protocol';
import { screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { knowing } from '../testing/hub.ts';
import { openPage } from '../testing/page.tsx';
import { aServer } from '../testing/things.ts';

const COMMAND = 'sudo homelabcmd-agent allow NAME.service';
const ALLOWS: Allows = {
  services: ['plex.service', 'ssh.service', 'dbus.service'],
  lockout: ['ssh.service'],
  probe_targets: ['printer.lan:9100'],
  limits: [
    { name: 'automatic_per_hour', value: 3 },
    { name: 'all_per_hour', value: 20 },
    { name: 'of_a_later_agent', value: 1 },
  ],
  complete: true,
  problem: null,
  command: COMMAND,
};

async function show(change: Partial<ServerFacts>) {
  const server = aServer();
  if (server.facts === null) throw new Error('a server of the tests has facts');
  knowing({ servers: [{ ...server, facts: { ...server.facts, ...change } }] });
  await openPage(`/servers/${server.server_id}`);
  return within(await screen.findByRole('region', { name: 'What this server allows' }));
}

const rows = (part: Awaited<ReturnType<typeof show>>): Record<string, string | null> =>
  Object.fromEntries(
    part.getAllByRole('term').map((term) => [term.textContent, term.nextElementSibling?.textContent ?? null]),
  );

test('what a server allows is shown with the commands to type there, and nothing on the page changes it', async () => {
  const part = await show({ allows: ALLOWS });
  expect(rows(part)).toEqual({
    'May restart': 'plex, ssh (can cut people off)',
    'Held back': expect.stringMatching(/^dbus .*stands only in one of two lists$/),
    Approval: 'not sealed: it does what its hub has signed',
    'How often': 'By policy, at most 3 an hour. Whoever approves: 20 an hour of one service.',
    Probes: 'may ask the server itself, printer.lan:9100',
  });
  expect(part.getByText(COMMAND)).toBeVisible();
  expect(part.getByText('sudo homelabcmd-agent deny NAME.service')).toBeVisible();
  expect(part.getAllByRole('button').map((button) => button.getAttribute('aria-label'))).toEqual([
    'Copy command',
    'Copy command',
  ]);
});

test('an agent that is older than the command does not say, and has the line that works there', async () => {
  const part = await show({});
  expect(part.getByText(/Its agent is older/)).toBeVisible();
  expect(part.getByText("echo 'NAME.service' | sudo tee -a /etc/homelabcmd/restart-allowed")).toBeVisible();
  expect(part.queryByText(/homelabcmd-agent/)).toBeNull();
  expect(rows(part)).not.toHaveProperty('May restart');
});

test('a list that is not trusted, and one that goes on, are said', async () => {
  const part = await show({
    allows: { ...ALLOWS, services: [], complete: false, problem: 'It is not trusted.' },
  });
  expect(rows(part)['May restart']).toBe('none yet and moreIt is not trusted.');
});

test('an agent that only watches allows nothing, and there is nothing to type for it', async () => {
  const part = await show({ allows: ALLOWS, monitor_only: true });
  expect(rows(part)['May restart']).toBe('none: this agent only watches');
  expect(part.queryByRole('button')).toBeNull();
});

test('a sealed server says whose passkeys count', async () => {
  const part = await show({ allows: ALLOWS, sealed: { keys: [], problem: 'A line is no key.' } });
  expect(rows(part)['Approval']).toBe('sealed, and nothing is carried out');
});
