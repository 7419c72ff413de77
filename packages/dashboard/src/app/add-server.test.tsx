import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { expect, test, vi } from 'vitest';
import { type Server, api } from '@homelabcmd/protocol';
import { answering, hub, json, knowing, problem } from '../testing/hub.ts';
import { openPage } from '../testing/page.tsx';
import { AT, aServer, serverChanged, serverDeleted } from '../testing/things.ts';

const COMMAND = "{ echo 'set -- --hub http://hub.lan:8080 --token hlce_x'; curl … } | sh";
const enrolment = (over: object = {}) => ({
  server_id: 'media-01',
  token: 'hlce_x',
  expires_at: new Date(Date.now() + 3_600_000).toISOString(),
  command: COMMAND,
  warning: null,
  ...over,
});
const answerEnrol = (over: object = {}) =>
  answering('/servers/media-01/enrolment', () => json(enrolment(over), 201));
const neverSeen = aServer({ liveness: 'never_seen', facts: null, last_seen_at: null });
const makeLine = () => screen.findByRole('button', { name: 'Make the install line' });

/** The bodies of one kind of change to a server, which is answered with what the change makes of it. */
function changing(method: 'put' | 'patch', path: string, server: Server): unknown[] {
  const bodies: unknown[] = [];
  hub.use(
    http[method](`*/api/v1${path}`, async ({ request }) => {
      bodies.push(await request.json());
      return json(server, 200);
    }),
  );
  return bodies;
}

const manage = async (choice: string) => {
  await userEvent.click(await screen.findByRole('button', { name: 'Manage media-01' }));
  await userEvent.click(await screen.findByRole('menuitem', { name: choice }));
};

test('an empty hub leads to the first server, and waits for its agent', async () => {
  knowing({});
  answerEnrol();
  const page = await openPage('/');
  await userEvent.click(await screen.findByRole('link', { name: 'Add server' }));
  await userEvent.type(await screen.findByLabelText('Name'), 'Media 01');
  await userEvent.click(await makeLine());
  expect(await screen.findByText(COMMAND)).toBeVisible();
  expect(screen.getByText('Waiting for the agent of media-01')).toBeVisible();
  expect(screen.getByRole('timer')).toHaveTextContent(/59 min|1 h/);
  await page.tell(serverChanged(101, neverSeen));
  expect(screen.queryByText('media-01 is here.')).toBeNull();
  await page.tell(serverChanged(102, aServer()));
  expect(await screen.findByText('media-01 is here.')).toBeVisible();
  expect(screen.getByRole('link', { name: 'Open media-01' })).toHaveAttribute('href', '/servers/media-01');
  expect(document.activeElement).not.toBe(document.body);
});

test.each([
  ['', 'Use 1 to 100 lower-case letters, digits and hyphens, starting with a letter or digit.'],
  ['-x', 'Use 1 to 100 lower-case letters, digits and hyphens, starting with a letter or digit.'],
])('a name that cannot be one is said so, and nothing is sent: “%s”', async (name, words) => {
  knowing({ servers: [aServer()] });
  await openPage('/add-server');
  const field = await screen.findByLabelText('Name');
  if (name !== '') await userEvent.type(field, name);
  await userEvent.click(await makeLine());
  expect(await screen.findByText(words)).toBeVisible();
  expect(field).toHaveAttribute('aria-invalid', 'true');
});

test('a name that is taken leads to its page; one whose agent never came gets a new line', async () => {
  knowing({ servers: [aServer(), { ...neverSeen, server_id: 'nas-01' }] });
  const bodies = answerEnrol();
  await openPage('/add-server');
  const field = await screen.findByLabelText('Name');
  await userEvent.type(field, 'media-01');
  await userEvent.click(await makeLine());
  expect(screen.getByRole('link', { name: 'its page' })).toHaveAttribute('href', '/servers/media-01');
  expect(bodies).toEqual([]);
  await userEvent.clear(field);
  await userEvent.type(field, 'nas-01');
  expect(await screen.findByText(/its agent has not connected yet/)).toBeVisible();
  expect(await makeLine()).not.toHaveAttribute('aria-disabled');
});

test('a line that cannot work from another machine is said so beside it', async () => {
  knowing({});
  answerEnrol({ warning: 'This line works only on the machine of the hub.' });
  await openPage('/add-server');
  await userEvent.type(await screen.findByLabelText('Name'), 'media-01');
  await userEvent.click(await makeLine());
  expect(await screen.findByText('This line works only on the machine of the hub.')).toBeVisible();
});

test('a token that has expired can be made anew', async () => {
  knowing({});
  answerEnrol({ expires_at: AT });
  await openPage('/add-server');
  await userEvent.type(await screen.findByLabelText('Name'), 'media-01');
  await userEvent.click(await makeLine());
  expect(await screen.findByText('The token has expired.')).toBeVisible();
  answerEnrol();
  await userEvent.click(screen.getByRole('button', { name: 'Make a new line' }));
  expect(await screen.findByText('Waiting for the agent of media-01')).toBeVisible();
});

test('an agent that only watches says so, in the fleet and on its page, with what allows more', async () => {
  const facts = aServer().facts;
  const watcher = aServer({ facts: facts && { ...facts, monitor_only: true } });
  knowing({ servers: [watcher] });
  await openPage('/');
  expect(await screen.findByText('Only watches')).toBeVisible();
  await userEvent.click(screen.getByRole('link', { name: 'media-01' }));
  expect(await screen.findByText('This agent only watches.')).toBeVisible();
  expect(screen.getByText('sudo homelabcmd-agent allow plex.service')).toBeVisible();
  answerEnrol();
  await userEvent.click(screen.getByRole('button', { name: 'Install the agent' }));
  await userEvent.click(await makeLine());
  expect(await screen.findByText(COMMAND)).toBeVisible();
  // The agent that was here before is not the one that is waited for.
  expect(screen.getByText('Waiting for the agent of media-01')).toBeVisible();
});

test('what of the sandbox a server cannot give is on its page, by unit, with each reason once', async () => {
  const facts = aServer().facts;
  const because = 'Nothing can be mounted there.';
  const sandbox_relaxed = [
    { unit: 'homelabcmd-agent.service', setting: 'PrivateTmp', because },
    { unit: 'homelabcmd-agent.service', setting: 'ProtectHome', because },
    { unit: 'homelabcmd-restart@.service', setting: 'ProtectSystem', because },
  ];
  knowing({ servers: [aServer({ facts: facts && { ...facts, sandbox_relaxed } })] });
  await openPage('/servers/media-01');
  expect(await screen.findByText('homelabcmd-agent.service: PrivateTmp, ProtectHome')).toBeVisible();
  expect(screen.getByText('homelabcmd-restart@.service: ProtectSystem')).toBeVisible();
  expect(screen.getByText(/Nothing can be mounted there/).textContent?.match(/Nothing can/g)).toHaveLength(1);
});

test('name and tags are what the hub has stored', async () => {
  knowing({ servers: [aServer({ tags: ['media'] })] });
  const named = aServer({ display_name: 'Cinema', tags: ['media', 'core'], revision: 101 });
  const bodies = changing('patch', '/servers/media-01', named);
  await openPage('/servers/media-01');
  await manage('Name and tags…');
  const dialog = within(await screen.findByRole('dialog', { name: 'Name and tags of media-01' }));
  await userEvent.type(dialog.getByLabelText('Display name'), ' Cinema ');
  await userEvent.type(dialog.getByLabelText('Tags'), ' #core, _x');
  expect(dialog.getByText(/“_x” cannot be a tag/)).toBeVisible();
  await userEvent.type(dialog.getByLabelText('Tags'), '{Backspace}{Backspace}');
  await userEvent.click(dialog.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(bodies).toEqual([{ display_name: 'Cinema', tags: ['media', 'core'] }]);
  expect(screen.getByRole('heading', { level: 1 })).toHaveTextContent('Cinema');
  expect(screen.getByRole('button', { name: 'Manage media-01' })).toHaveFocus();
});

test('maintenance begins with a reason and ends at once', async () => {
  knowing({ servers: [aServer()] });
  const on = aServer({ maintenance: { on: true, until: null, reason: 'New disks' }, revision: 101 });
  const begun = changing('put', '/servers/media-01/maintenance', on);
  await openPage('/servers/media-01');
  await manage('Begin maintenance…');
  const dialog = within(await screen.findByRole('dialog', { name: 'Maintenance of media-01' }));
  await userEvent.selectOptions(dialog.getByLabelText('How long'), '4 hours');
  await userEvent.type(dialog.getByLabelText(/^Why/), 'New disks');
  await userEvent.click(dialog.getByRole('button', { name: 'Begin maintenance' }));
  expect(await screen.findByText('It is in maintenance.')).toBeVisible();
  expect(begun).toMatchObject([{ on: true, reason: 'New disks', until: expect.stringMatching(/Z$/) }]);
  const ended = changing('put', '/servers/media-01/maintenance', aServer({ revision: 102 }));
  await userEvent.click(screen.getByRole('button', { name: 'End maintenance' }));
  await waitFor(() => expect(screen.queryByText('It is in maintenance.')).toBeNull());
  expect(ended).toEqual([{ on: false, until: null, reason: null }]);
});

test('a server is removed when its name is typed; while an order is out, only by force', async () => {
  knowing({ servers: [aServer()] });
  const asked: (string | null)[] = [];
  hub.use(
    http.delete(`*/api/v1${api.deleteServer.path}`, ({ request }) => {
      const force = new URL(request.url).searchParams.get('force');
      asked.push(force);
      return force === 'true'
        ? new Response(null, { status: 204 })
        : problem(
            'order_out',
            'Action #42 is executing on media-01. Wait for its outcome, or force the removal.',
          );
    }),
  );
  const page = await openPage('/servers/media-01');
  await manage('Remove server…');
  const dialog = within(await screen.findByRole('dialog', { name: 'Remove media-01?' }));
  const remove = dialog.getByRole('button', { name: 'Remove server' });
  await userEvent.type(dialog.getByLabelText('Type media-01 to confirm'), 'media-0');
  await userEvent.click(remove);
  expect(remove).toHaveAttribute('title', 'Type media-01 first');
  expect(asked).toEqual([]);
  await userEvent.type(dialog.getByLabelText('Type media-01 to confirm'), '1');
  await userEvent.click(remove);
  expect(await dialog.findByText(/Action #42 is executing on media-01/)).toBeVisible();
  await userEvent.click(dialog.getByRole('checkbox'));
  await userEvent.click(remove);
  await vi.waitFor(() => expect(page.path()).toBe('/'));
  expect(asked).toEqual([null, 'true']);
});

test('the page of a server that someone removed says that it is gone', async () => {
  knowing({ servers: [aServer()] });
  const page = await openPage('/servers/media-01');
  await screen.findByRole('heading', { level: 1, name: 'media-01' });
  knowing({});
  await page.tell(serverDeleted(101, 'media-01'));
  expect(await screen.findByText('The server media-01 does not exist.', {}, { timeout: 5000 })).toBeVisible();
});

test('without the hub nothing of a server can be changed', async () => {
  knowing({ servers: [aServer()] });
  const page = await openPage('/servers/media-01');
  await screen.findByRole('heading', { level: 1, name: 'media-01' });
  page.source().fail(false);
  await screen.findByText('Not connected to the hub.');
  await userEvent.click(await screen.findByRole('button', { name: 'Manage media-01' }));
  const item = await screen.findByRole('menuitem', { name: 'Remove server…' });
  expect(item).toHaveAttribute('aria-disabled', 'true');
});
