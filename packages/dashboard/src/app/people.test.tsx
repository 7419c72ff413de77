import type { LiveEvent, OpenSession, User } from '@homelabcmd/protocol';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { beforeEach, expect, test } from 'vitest';
import { answering, hub, json, knowing, problem } from '../testing/hub.ts';
import { openPage } from '../testing/page.tsx';
import { A_SESSION, AT, sessionOf } from '../testing/things.ts';

const aUser = (name: string, over: Partial<User> = {}): User => ({
  user_id: `usr_${name}`,
  name,
  role: 'viewer',
  status: 'active',
  signs_in_by: ['password'],
  has_totp: false,
  created_at: AT,
  created_by: 'admin',
  last_signed_in_at: null,
  ...over,
});
const aSession = (over: Partial<OpenSession> = {}): OpenSession => ({
  session_id: 'ses_1',
  principal_name: 'admin',
  user_id: 'usr_admin',
  is_current: true,
  created_at: AT,
  last_used_at: AT,
  expires_at: AT,
  address: '10.0.0.9',
  user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  ...over,
});
const aFact = (id: number, type: 'user.created' | 'user.changed', name: string): LiveEvent => ({
  ...{ id, at: AT, server_id: null, actor: 'someone', type },
  data: { user_id: `usr_${name}`, name },
});

let people: User[];
let sessions: OpenSession[];

beforeEach(() => {
  people = [aUser('admin', { role: 'admin' }), aUser('sam')];
  sessions = [aSession()];
  knowing({});
  hub.use(
    http.get('*/api/v1/users', () =>
      json({ users: people, total: people.length, limit: 500, offset: 0 }, 200),
    ),
    http.get('*/api/v1/sessions', () =>
      json({ sessions, total: sessions.length, limit: 500, offset: 0 }, 200),
    ),
  );
});

const row = async (name: string) => {
  const table = await screen.findByRole('table', { name: 'People' });
  return waitFor(() => {
    const found = table.querySelector<HTMLElement>(`[data-person="${name}"]`);
    if (found === null) throw new Error(`There is no ${name}`);
    return within(found);
  });
};
async function choose(name: string, item: string): Promise<void> {
  await userEvent.click((await row(name)).getByRole('button', { name: `More for ${name}` }));
  await userEvent.click(await screen.findByRole('menuitem', { name: item }));
}

test('everybody is listed with their role and how they are, in words', async () => {
  people = [
    ...people,
    aUser('lee', { status: 'invited', role: 'operator', signs_in_by: [] }),
    aUser('max', { status: 'disabled', has_totp: true }),
  ];
  await openPage('/settings/people');
  expect((await row('admin')).getByText('you')).toBeVisible();
  expect((await row('lee')).getByText('Invited, not here yet')).toBeVisible();
  expect((await row('lee')).getByText('Operator')).toBeVisible();
  expect((await row('max')).getByText('Disabled')).toBeVisible();
  expect((await row('max')).getByText('With an authenticator')).toBeVisible();
});

test('whoever is added gets a link that is shown once, with Copy and until when it is good', async () => {
  const bodies = answering('/users', () => {
    const kim = aUser('kim', { role: 'approver', status: 'invited' });
    people = [...people, kim];
    return json({ user: kim, token: 'hlci_once', expires_at: '2026-12-03T09:00:00.000Z' }, 201);
  });
  await openPage('/settings/people');
  await userEvent.click(await screen.findByRole('button', { name: 'Add a person' }));
  await userEvent.type(screen.getByLabelText('Name'), ' kim ');
  await userEvent.click(screen.getByRole('radio', { name: /^Approver/ }));
  await userEvent.click(screen.getByRole('button', { name: 'Make the invitation' }));
  expect(await screen.findByText('http://localhost:3000/invitation#hlci_once&name=kim')).toBeVisible();
  expect(screen.getByText('Thu 3 Dec 2026, 09:00')).toBeVisible();
  expect(screen.getByRole('button', { name: 'Copy link' })).toBeVisible();
  expect(bodies).toEqual([{ name: 'kim', role: 'approver' }]);
  await row('kim');
  await userEvent.click(screen.getByRole('button', { name: 'I have handed it over' }));
  expect(screen.queryByText(/hlci_once/)).toBeNull();
});

test('a name that is taken is told at the field', async () => {
  answering('/users', () => problem('already_exists', 'Somebody is called sam already.'));
  await openPage('/settings/people');
  await userEvent.click(await screen.findByRole('button', { name: 'Add a person' }));
  await userEvent.type(screen.getByLabelText('Name'), 'sam{Enter}');
  expect(await screen.findByText('Somebody is called sam already.')).toBeVisible();
  expect(screen.getByLabelText('Name')).toHaveAccessibleDescription(/Somebody is called sam already/);
});

test('the last administrator stays one, and it is said where it was asked', async () => {
  answering('/users/usr_admin', () => problem('last_admin', 'admin is the last one.'), 'patch');
  await openPage('/settings/people');
  await choose('admin', 'Change role…');
  const dialog = within(await screen.findByRole('dialog', { name: 'Role of admin' }));
  await userEvent.click(dialog.getByRole('radio', { name: /^Viewer/ }));
  await userEvent.click(dialog.getByRole('button', { name: 'Change the role' }));
  expect(await dialog.findByText('admin is the last one.')).toBeVisible();
});

test('disabling says what it does; enabling is at once', async () => {
  const bodies = answering(
    '/users/usr_sam',
    () => {
      const { is_disabled } = bodies.at(-1) as { is_disabled: boolean };
      const sam = aUser('sam', { status: is_disabled ? 'disabled' : 'active' });
      people = people.map((user) => (user.name === 'sam' ? sam : user));
      return json(sam, 200);
    },
    'patch',
  );
  await openPage('/settings/people');
  await choose('sam', 'Disable…');
  expect(await screen.findByText(/sam is signed out everywhere at once/)).toBeVisible();
  await userEvent.click(screen.getByRole('button', { name: 'Disable sam' }));
  expect(await (await row('sam')).findByText('Disabled')).toBeVisible();
  await choose('sam', 'Enable');
  expect(await (await row('sam')).findByText('Active')).toBeVisible();
  expect(bodies).toEqual([{ is_disabled: true }, { is_disabled: false }]);
});

test('to invite anew says what it takes away, and gives a new link', async () => {
  people = [aUser('admin', { role: 'admin' }), aUser('sam', { has_totp: true })];
  answering('/users/usr_sam/invitation', () =>
    json({ user: aUser('sam'), token: 'hlci_anew', expires_at: AT }, 200),
  );
  await openPage('/settings/people');
  await choose('sam', 'Invite anew…');
  expect(
    await screen.findByText('their password, their passkeys and their authenticator, at once'),
  ).toBeVisible();
  await userEvent.click(screen.getByRole('button', { name: 'Make a new invitation' }));
  expect(await screen.findByText(/hlci_anew/)).toBeVisible();
});

test('who is removed is named first', async () => {
  const removed = answering(
    '/users/usr_sam',
    () => {
      people = people.filter(({ name }) => name !== 'sam');
      return new Response(null, { status: 204 });
    },
    'delete',
  );
  await openPage('/settings/people');
  await choose('sam', 'Remove…');
  await userEvent.type(await screen.findByLabelText(/Type sam to confirm/), 'sa{Enter}');
  expect(removed).toEqual([]);
  await userEvent.type(screen.getByLabelText(/Type sam to confirm/), 'm{Enter}');
  await waitFor(() => expect(document.querySelector('[data-person="sam"]')).toBeNull());
});

test('what another administrator does is there without being asked for', async () => {
  const page = await openPage('/settings/people');
  await row('sam');
  const table = screen.getByRole('table', { name: 'People' });
  const names = () =>
    [...table.querySelectorAll<HTMLElement>('[data-person]')].map(({ dataset }) => dataset['person']);
  const before = names();
  expect(before).not.toContain('kim');
  people = [...people, aUser('kim', { role: 'approver', status: 'invited' })];
  await page.tell(aFact(101, 'user.created', 'kim'));
  await waitFor(() => expect(names()).toEqual([...before, 'kim']), { timeout: 5000 });
  const kim = await row('kim');
  expect(kim.getByText('Approver')).toBeVisible();
  expect(kim.getByText('Invited, not here yet')).toBeVisible();
});

test('all sessions can be seen and ended, but for the one that asks', async () => {
  const foreign = aSession({
    session_id: 'ses_2',
    principal_name: 'sam',
    user_id: 'usr_sam',
    is_current: false,
  });
  sessions = [aSession(), foreign];
  const ended = answering(
    '/sessions/ses_2',
    () => {
      sessions = [aSession()];
      return new Response(null, { status: 204 });
    },
    'delete',
  );
  await openPage('/settings/people');
  const list = within(await screen.findByRole('list', { name: 'Open sessions' }));
  expect(list.getByText('admin, Firefox on Linux')).toBeVisible();
  expect(list.getByText('this one')).toBeVisible();
  await userEvent.click(list.getByRole('button', { name: 'Sign out sam, Firefox on Linux from 10.0.0.9' }));
  await waitFor(() => expect(list.queryByText('sam, Firefox on Linux')).toBeNull());
  expect(ended).toHaveLength(1);
});

test('people who cannot be read are said to be not read', async () => {
  hub.use(http.get('*/api/v1/users', () => problem('internal', 'The hub made a mistake.')));
  await openPage('/settings/people');
  expect(await screen.findByText('Could not load the people')).toBeVisible();
});

test('a new password is sent when it is long enough, and the field is empty again', async () => {
  const bodies = answering('/account/password', () => new Response(null, { status: 204 }), 'put');
  await openPage('/settings/account');
  const field = await screen.findByLabelText('New password');
  await userEvent.type(field, 'short{Enter}');
  expect(bodies).toEqual([]);
  await userEvent.clear(field);
  await userEvent.type(field, 'correct horse battery{Enter}');
  await waitFor(() => expect(field).toHaveValue(''));
  expect(bodies).toEqual([{ password: 'correct horse battery' }]);
});

test('an authenticator is scanned or typed, and counts when its code was right', async () => {
  answering('/account/totp', () =>
    json({ secret: 'ABCDEFGH', uri: 'otpauth://totp/x?secret=ABCDEFGH' }, 200),
  );
  const codes = answering(
    '/account/totp',
    () => {
      const { totp_code } = codes.at(-1) as { totp_code: string };
      if (totp_code !== '123456') return problem('forbidden', 'This code is not right.');
      hub.use(http.get('*/api/v1/session', () => json(sessionOf('admin', { has_totp: true }), 200)));
      return new Response(null, { status: 204 });
    },
    'put',
  );
  await openPage('/settings/account');
  await userEvent.click(await screen.findByRole('button', { name: 'Add an authenticator' }));
  expect(await screen.findByRole('img', { name: /as a picture for the camera/ })).toBeVisible();
  expect(screen.getByText('ABCD EFGH')).toBeVisible();
  const field = screen.getByLabelText('The code that the app shows now');
  await userEvent.type(field, '000000{Enter}');
  expect(await screen.findByText('This code is not right.')).toBeVisible();
  await userEvent.clear(field);
  await userEvent.type(field, '123456{Enter}');
  expect(await screen.findByText('Signing in takes your password and a code.')).toBeVisible();
});

test('an authenticator is removed after what that means has been said', async () => {
  hub.use(http.get('*/api/v1/session', () => json(sessionOf('admin', { has_totp: true }), 200)));
  answering(
    '/account/totp',
    () => {
      hub.use(http.get('*/api/v1/session', () => json(A_SESSION, 200)));
      return new Response(null, { status: 204 });
    },
    'delete',
  );
  await openPage('/settings/account');
  await userEvent.click(await screen.findByRole('button', { name: 'Remove it…' }));
  await userEvent.click(await screen.findByRole('button', { name: 'Remove it' }));
  expect(await screen.findByRole('button', { name: 'Add an authenticator' })).toBeVisible();
});

test('all other sessions are signed out with one press', async () => {
  sessions = [aSession(), aSession({ session_id: 'ses_2', is_current: false })];
  answering(
    '/sessions',
    () => {
      sessions = [aSession()];
      return new Response(null, { status: 204 });
    },
    'delete',
  );
  await openPage('/settings/account');
  const list = within(await screen.findByRole('list', { name: 'Your sessions' }));
  expect(list.getAllByRole('listitem')).toHaveLength(2);
  await userEvent.click(screen.getByRole('button', { name: 'Sign out all others' }));
  await waitFor(() => expect(list.getAllByRole('listitem')).toHaveLength(1));
});

test('who came with a key is told what it may do, and has no password to change', async () => {
  const key = { kind: 'key', role: null, user_id: null, name: 'robot' } as const;
  hub.use(http.get('*/api/v1/session', () => json(sessionOf('operator', key), 200)));
  await openPage('/settings/account');
  expect(await screen.findByText(/It may do this: Look and ask/)).toBeVisible();
  expect(screen.queryByLabelText('New password')).toBeNull();
});
