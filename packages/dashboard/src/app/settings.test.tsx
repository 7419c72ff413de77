import type { ApiKey } from '@homelabcmd/protocol';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { switchKeys } from '../lib/browser/key-switch.ts';
import { chooseTheme } from '../lib/browser/theme.ts';
import { answering, hub, json, knowing, problem } from '../testing/hub.ts';
import { openPage } from '../testing/page.tsx';
import { AT, NOBODY, aServer } from '../testing/things.ts';

const aKey = (name: string, over: Partial<ApiKey> = {}): ApiKey => ({
  key_id: `key_${name}`,
  name,
  scopes: ['read', 'request'],
  created_at: AT,
  expires_at: null,
  created_by: 'dashboard',
  last_used_at: null,
  is_bootstrap: false,
  ...over,
});
const bootstrap = aKey('dashboard', { key_id: 'bootstrap', created_by: null, is_bootstrap: true });

const HUB = {
  version: '0.1.0',
  started_at: AT,
  node_version: '24.21.0',
  store: { engine: 'sqlite', engine_version: '3.53.4', size_bytes: 3 * 2 ** 20, schema: '0003-kinds' },
  events: { total: 1234, oldest_at: AT, retention_days: 30 },
  tls: null as { is_own: boolean; fingerprint: string; ends_at: string } | null,
  servers: 1,
  actions: 9,
};

let keys: ApiKey[];

beforeEach(() => {
  keys = [bootstrap, aKey('admin'), aKey('backup')];
  knowing({ servers: [aServer(), aServer({ server_id: 'attic-01', liveness: 'never_seen', facts: null })] });
  hub.use(
    http.get('*/api/v1/keys', () => json({ keys, total: keys.length, limit: 500, offset: 0 }, 200)),
    http.get('*/api/v1/hub', () => json(HUB, 200)),
  );
});
afterEach(() => {
  switchKeys(true);
  chooseTheme('system');
});

const keyRow = async (name: string) => {
  const list = await screen.findByRole('list', { name: 'API keys' });
  return waitFor(() => {
    const row = list.querySelector<HTMLElement>(`[data-key="${name}"]`);
    if (row === null) throw new Error(`There is no key ${name}`);
    return within(row);
  });
};

test('the settings say what runs here and what it keeps', async () => {
  await openPage('/settings');
  expect(await screen.findByText(/SQLite 3.53.4, 3.0 MiB/)).toBeVisible();
  expect(screen.getByText(/1 server, 9 actions, 1,234 events/)).toBeVisible();
  expect(screen.getByRole('link', { name: 'The API, described' })).toHaveAttribute('href', '/api/docs');
});

test('they say which certificate the hub shows, and where its authority is', async () => {
  const tls = { is_own: true, fingerprint: 'AA:BB', ends_at: '2027-01-01T00:00:00.000Z' };
  hub.use(http.get('*/api/v1/hub', () => json({ ...HUB, tls }, 200)));
  await openPage('/settings');
  expect(await screen.findByText('AA:BB')).toBeVisible();
  const authority = screen.getByRole('link', { name: 'the hub’s authority' });
  expect(authority).toHaveAttribute('href', '/agent/v1/authority.pem');
});

test('g s leads to the settings, and every section has an address', async () => {
  const page = await openPage('/actions');
  await screen.findByText('Nothing waits for you.');
  await userEvent.keyboard('gs');
  await waitFor(() => expect(page.path()).toBe('/settings'));
  await userEvent.click(await screen.findByRole('link', { name: 'API keys' }));
  expect(await screen.findByRole('heading', { name: 'API keys' })).toBeVisible();
  expect(page.path()).toBe('/settings/keys');
});

test('a section that there is not is said to be not there', async () => {
  await openPage('/settings/nope');
  expect(await screen.findByText(/This page does not exist/)).toBeVisible();
});

test('the secret of a new key is shown once, with Copy, and is gone when it is closed', async () => {
  const bodies = answering('/keys', () => {
    keys = [...keys, aKey('kim')];
    return json({ key: aKey('kim'), secret: 'hlck_the_secret' }, 201);
  });
  await openPage('/settings/keys');
  await userEvent.type(await screen.findByLabelText('Name of a new key'), ' kim ');
  await userEvent.click(screen.getByRole('button', { name: 'Make the key' }));
  expect(await screen.findByText('hlck_the_secret')).toBeVisible();
  expect(screen.getByRole('button', { name: 'Copy key' })).toBeVisible();
  expect(bodies).toEqual([{ name: 'kim', scopes: ['read', 'request'] }]);
  await keyRow('kim');
  await userEvent.click(screen.getByRole('button', { name: 'I have kept it' }));
  expect(screen.queryByText('hlck_the_secret')).toBeNull();
});

test('what a key may do and how long is chosen; deciding and administering stand apart', async () => {
  const bodies = answering('/keys', () => json({ key: aKey('robot'), secret: 'hlck_x' }, 201));
  await openPage('/settings/keys');
  await userEvent.type(await screen.findByLabelText('Name of a new key'), 'robot');
  await userEvent.click(screen.getByRole('checkbox', { name: /^Ask/ }));
  await userEvent.click(screen.getByRole('checkbox', { name: /^Decide/ }));
  expect(screen.getByRole('checkbox', { name: /^Administer/ })).not.toBeChecked();
  await userEvent.selectOptions(screen.getByLabelText('Good for'), '90 days');
  await userEvent.click(screen.getByRole('button', { name: 'Make the key' }));
  await screen.findByText('hlck_x');
  const [{ expires_at, ...rest }] = bodies as [{ expires_at: string }];
  expect(rest).toEqual({ name: 'robot', scopes: ['read', 'approve'] });
  expect(Date.parse(expires_at) / 86_400_000).toBeCloseTo(Date.now() / 86_400_000 + 90, 1);
});

test('a key says what it may do, until when it is good, and when it has expired', async () => {
  keys = [
    bootstrap,
    aKey('old', { expires_at: AT }),
    aKey('new', { expires_at: '2999-12-03T00:00:00.000Z' }),
  ];
  await openPage('/settings/keys');
  expect((await keyRow('old')).getByText('expired')).toBeVisible();
  expect((await keyRow('old')).getByText(/it opens nothing any more/)).toBeVisible();
  expect((await keyRow('new')).getByText(/Look and ask/)).toHaveTextContent('Good until Tue 3 Dec 2999.');
  expect((await keyRow('dashboard')).queryByText(/Good until/)).toBeNull();
});

test('a name that is taken is told in the hub’s words, at the field', async () => {
  answering('/keys', () => problem('already_exists', 'There is a key named backup already.'));
  await openPage('/settings/keys');
  const field = await screen.findByLabelText('Name of a new key');
  await userEvent.type(field, 'backup{Enter}');
  expect(await screen.findByText('There is a key named backup already.')).toBeVisible();
  expect(field).toHaveAccessibleDescription('There is a key named backup already.');
});

test('a key is revoked only after what it means has been said', async () => {
  const revoked: unknown[] = [];
  hub.use(
    http.delete('*/api/v1/keys/:id', ({ params }) => {
      revoked.push(params.id);
      keys = keys.filter((key) => key.key_id !== params.id);
      return new Response(null, { status: 204 });
    }),
  );
  await openPage('/settings/keys');
  const row = await keyRow('backup');
  await userEvent.click(row.getByRole('button', { name: 'Revoke backup' }));
  expect(row.getByText(/Every session that it opened ends/)).toBeVisible();
  expect(revoked).toEqual([]);
  await userEvent.keyboard('{Escape}');
  await userEvent.click(row.getByRole('button', { name: 'Revoke backup' }));
  await userEvent.click(row.getByRole('button', { name: 'Revoke backup' }));
  await waitFor(() => expect(document.querySelector('[data-key="backup"]')).toBeNull());
  expect(revoked).toEqual(['key_backup']);
});

test('the key that the hub began with cannot be revoked here, and it is said how it is replaced', async () => {
  await openPage('/settings/keys');
  const row = await keyRow('dashboard');
  expect(row.queryByRole('button')).toBeNull();
  expect(row.getByText('HOMELABCMD_API_KEY')).toBeVisible();
});

test('whoever revokes the own key is told so, and is signed out', async () => {
  hub.use(
    http.delete('*/api/v1/keys/:id', () => {
      hub.use(
        http.get('*/api/v1/keys', () => problem('unauthenticated', 'Sign in first.')),
        http.get('*/api/v1/session', () => json(NOBODY, 200)),
      );
      return new Response(null, { status: 204 });
    }),
  );
  const page = await openPage('/settings/keys');
  const row = await keyRow('admin');
  expect(row.getByText('yours')).toBeVisible();
  await userEvent.click(row.getByRole('button', { name: 'Revoke admin' }));
  expect(row.getByText(/You are signed in with this key/)).toBeVisible();
  await userEvent.click(row.getByRole('button', { name: 'Revoke admin' }));
  await waitFor(() => expect(page.path()).toMatch(/^\/sign-in/));
});

test('every server is listed with its facts, and one whose agent never came waits', async () => {
  await openPage('/settings/servers');
  const table = within(await screen.findByRole('table', { name: 'Servers' }));
  expect(table.getByText('Debian 13 (trixie)')).toBeVisible();
  expect(table.getByRole('link', { name: 'media-01' })).toHaveAttribute('href', '/servers/media-01');
  await userEvent.click(
    within(screen.getByRole('navigation', { name: 'Settings' })).getByRole('link', { name: 'Add a server' }),
  );
  expect(await screen.findByText(/Its agent has never connected/)).toBeVisible();
  expect(screen.getByRole('link', { name: 'attic-01' })).toBeVisible();
  expect(screen.queryByRole('link', { name: 'media-01' })).toBeNull();
});

test('keys can be switched off for this browser, and Ctrl K still works', async () => {
  HTMLDialogElement.prototype.showModal = function showModal() {
    this.open = true;
  };
  const page = await openPage('/settings/browser');
  await userEvent.click(await screen.findByLabelText('Single keys act on the page'));
  await userEvent.click(document.body);
  await userEvent.keyboard('gf');
  expect(page.path()).toBe('/settings/browser');
  await userEvent.keyboard('{Control>}k{/Control}');
  const field = await screen.findByRole('combobox', { name: 'Search or run' });
  await userEvent.type(field, 'go actions');
  expect(screen.getByRole('option', { selected: true })).toHaveTextContent('Go to Actions');
});

test('the theme is chosen here, too', async () => {
  await openPage('/settings/browser');
  await userEvent.click(await screen.findByLabelText('Dark'));
  expect(document.documentElement.dataset.theme).toBe('dark');
});
