import type { Passkey, Session } from '@homelabcmd/protocol';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { beforeEach, expect, test, vi } from 'vitest';
import { answering, hub, json, knowing, problem } from '../testing/hub.ts';
import { openPage } from '../testing/page.tsx';
import { A_SESSION, AT, NOBODY, anAction, aServer, sessionOf } from '../testing/things.ts';

const HOST = location.hostname;
const ANSWER = { id: 'aWQ', rawId: 'aWQ', type: 'public-key' } as const;
const MADE = { clientDataJSON: 'Yw', attestationObject: 'YQ', transports: ['internal'] };
const SIGNED = { clientDataJSON: 'Yw', authenticatorData: 'YQ', signature: 'cw', userHandle: 'dQ' };
const CREATION = {
  ...{ challenge: 'Y2g', rp: { id: HOST, name: 'HomelabCmd' }, attestation: 'none', timeout: 300_000 },
  user: { id: 'dQ', name: 'admin', displayName: 'admin' },
  pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
  authenticatorSelection: {
    ...{ residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
  },
  excludeCredentials: [],
};
const REQUEST = {
  ...{ challenge: 'Y2g', rpId: HOST, timeout: 300_000, userVerification: 'required' },
  allowCredentials: [],
};

let passkeys: Passkey[];
const aPasskey = (over: Partial<Passkey> = {}): Passkey => ({
  ...{ passkey_id: 'psk_1', name: 'Chrome on Linux', rp_id: HOST, is_synced: false },
  ...{ credential_id: 'aWQ', approver_key: `ed25519:${'A'.repeat(43)}` },
  ...{ created_at: AT, last_used_at: null },
  ...over,
});

const isSignedIn = (session: Session) =>
  hub.use(http.get('*/api/v1/session', () => json({ ...session, passkey_host: HOST }, 200)));

/** The browser's own part: what a device would answer, or how it fails. */
function browserWith(failure: string | null = null) {
  const asked: unknown[] = [];
  const answer = (response: object) => async (options: object) => {
    asked.push(options);
    if (failure !== null) throw new DOMException('', failure);
    return { toJSON: () => ({ ...ANSWER, response, clientExtensionResults: {} }) };
  };
  vi.stubGlobal('isSecureContext', true);
  vi.stubGlobal('PublicKeyCredential', {
    parseCreationOptionsFromJSON: (options: object) => options,
    parseRequestOptionsFromJSON: (options: object) => options,
  });
  const credentials = { create: answer(MADE), get: answer(SIGNED) };
  Object.defineProperty(navigator, 'credentials', { value: credentials, configurable: true });
  return asked;
}

beforeEach(() => {
  passkeys = [];
  sessionStorage.clear();
  knowing({ servers: [aServer()], actions: [anAction()] });
  isSignedIn(A_SESSION);
  hub.use(
    http.get('*/api/v1/sessions', () => json({ sessions: [], total: 0, limit: 500, offset: 0 }, 200)),
    http.get('*/api/v1/account/passkeys', () => json({ passkeys }, 200)),
  );
});

test('a passkey is made by the browser and added under what the browser is called', async () => {
  const asked = browserWith();
  answering('/account/passkeys/options', () => json(CREATION, 200));
  const added = answering('/account/passkeys', () => {
    passkeys = [aPasskey()];
    return json(aPasskey(), 201);
  });
  await openPage('/settings/account');
  await userEvent.click(await screen.findByRole('button', { name: 'Add a passkey' }));
  const list = within(await screen.findByRole('list', { name: 'Your passkeys' }));
  expect(list.getByText('Chrome on Linux')).toBeVisible();
  expect(list.getByText(/Never used/)).toBeVisible();
  expect(asked).toEqual([{ publicKey: CREATION }]);
  expect(added).toEqual([{ name: expect.any(String), credential: { ...ANSWER, response: MADE } }]);
});

test.each([
  ['NotAllowedError', /It was cancelled, or this device has no passkey that fits/],
  ['InvalidStateError', /has a passkey for you already/],
  ['NotSupportedError', /cannot keep a passkey that asks who you are/],
  ['SecurityError', /allows no passkey at this address/],
])('what the browser says is told in a sentence: %s', async (name, words) => {
  browserWith(name);
  answering('/account/passkeys/options', () => json(CREATION, 200));
  await openPage('/settings/account');
  await userEvent.click(await screen.findByRole('button', { name: 'Add a passkey' }));
  expect(await screen.findByText(words)).toBeVisible();
});

test('a passkey is renamed, and removed after what that means has been said', async () => {
  browserWith();
  passkeys = [aPasskey(), aPasskey({ passkey_id: 'psk_2', name: 'Old', rp_id: 'old.example.org' })];
  const renamed = answering(
    '/account/passkeys/psk_1',
    () => {
      passkeys = [aPasskey({ name: 'Laptop' }), ...passkeys.slice(1)];
      return json(aPasskey({ name: 'Laptop' }), 200);
    },
    'patch',
  );
  answering(
    '/account/passkeys/psk_2',
    () => {
      passkeys = passkeys.slice(0, 1);
      return new Response(null, { status: 204 });
    },
    'delete',
  );
  await openPage('/settings/account');
  expect(await screen.findByText('It is for old.example.org, and opens nothing here.')).toBeVisible();
  await userEvent.click(screen.getByRole('button', { name: 'Rename Chrome on Linux' }));
  const name = screen.getByRole('textbox', { name: 'Name' });
  await userEvent.clear(name);
  await userEvent.type(name, 'Laptop{Enter}');
  expect(await screen.findByText('Laptop')).toBeVisible();
  expect(renamed).toEqual([{ name: 'Laptop' }]);
  await userEvent.click(screen.getByRole('button', { name: 'Remove Old' }));
  await userEvent.click(screen.getByRole('button', { name: 'Remove it' }));
  await waitFor(() => expect(screen.queryByText('Old')).toBeNull());
});

test('where none can be used the page says why, and what is there can still be removed', async () => {
  browserWith();
  passkeys = [aPasskey()];
  hub.use(http.get('*/api/v1/session', () => json(A_SESSION, 200)));
  await openPage('/settings/account');
  expect(await screen.findByText(/Passkeys work on a host name, not on an address/)).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Add a passkey' })).toBeNull();
  expect(screen.getByRole('button', { name: 'Remove Chrome on Linux' })).toBeVisible();
});

test.each([
  ['another host', () => isSignedIn(A_SESSION), /are for elsewhere.example.org: open it there/],
  ['no TLS', () => vi.stubGlobal('isSecureContext', false), /need HTTPS/],
  ['an old browser', () => vi.stubGlobal('PublicKeyCredential', undefined), /too old for passkeys/],
])('and so it does with %s', async (what, make, words) => {
  browserWith();
  make();
  if (what === 'another host')
    hub.use(
      http.get('*/api/v1/session', () => json({ ...A_SESSION, passkey_host: 'elsewhere.example.org' }, 200)),
    );
  await openPage('/settings/account');
  expect(await screen.findByText(words)).toBeVisible();
});

test('at the door a passkey signs in without a name', async () => {
  browserWith();
  hub.use(http.get('*/api/v1/session', () => json({ ...NOBODY, passkey_host: HOST }, 200)));
  answering('/session/passkey', () => json(REQUEST, 200));
  const answers = answering('/session/passkey/answer', () => json(A_SESSION, 200));
  const page = await openPage('/servers/media-01');
  await userEvent.click(await screen.findByRole('button', { name: 'Sign in with a passkey' }));
  expect(await screen.findByRole('heading', { level: 1, name: 'media-01' })).toBeVisible();
  expect(page.path()).toBe('/servers/media-01');
  expect(answers).toEqual([{ credential: { ...ANSWER, response: SIGNED } }]);
});

test('at the door it is said when it was cancelled, and when the hub does not take it', async () => {
  browserWith('NotAllowedError');
  hub.use(http.get('*/api/v1/session', () => json({ ...NOBODY, passkey_host: HOST }, 200)));
  answering('/session/passkey', () => json(REQUEST, 200));
  answering('/session/passkey/answer', () => problem('unauthenticated', 'This passkey opens nothing here.'));
  await openPage('/sign-in');
  const button = await screen.findByRole('button', { name: 'Sign in with a passkey' });
  await userEvent.click(button);
  expect(await screen.findByText(/It was cancelled/)).toBeVisible();
  browserWith();
  await userEvent.click(button);
  expect(await screen.findByText('This passkey opens nothing here.')).toBeVisible();
});

test('a door that no passkey opens does not speak of them', async () => {
  browserWith();
  hub.use(http.get('*/api/v1/session', () => json(NOBODY, 200)));
  await openPage('/sign-in');
  expect(await screen.findByLabelText('Name')).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Sign in with a passkey' })).toBeNull();
  expect(screen.queryByText('or by name')).toBeNull();
});

/** A hub that wants a proof before the action is approved. */
async function pressApprove(): Promise<{ approvals: unknown[] }> {
  let isProved = false;
  const action = anAction();
  const approvals = answering('/actions/42/approve', () =>
    isProved ? json({ ...action, status: 'approved' }, 200) : problem('proof_required', 'It is a while.'),
  );
  answering('/session/proof/passkey', () => json(REQUEST, 200));
  answering('/session/proof/passkey/answer', () => {
    isProved = true;
    return json(A_SESSION, 200);
  });
  await openPage('/actions/42');
  const approve = await screen.findByTestId('approve-button');
  await waitFor(() => expect(approve).not.toHaveAttribute('aria-disabled'));
  await userEvent.click(approve);
  await screen.findByRole('dialog', { name: 'Prove that it is you' });
  return { approvals };
}

test('who has a passkey proves it with one touch, and what was pressed goes on', async () => {
  browserWith();
  isSignedIn(sessionOf('admin', { proves_by: ['passkey', 'password'] }));
  const { approvals } = await pressApprove();
  const touch = screen.getByRole('button', { name: 'Use a passkey' });
  expect(touch).toHaveAttribute('autofocus');
  await userEvent.click(touch);
  await waitFor(() => expect(approvals).toHaveLength(2));
  expect(screen.queryByRole('dialog')).toBeNull();
});

test('a proof that is cancelled can be given again, or by the password', async () => {
  browserWith('NotAllowedError');
  isSignedIn(sessionOf('admin', { proves_by: ['passkey', 'password'] }));
  const { approvals } = await pressApprove();
  await userEvent.click(screen.getByRole('button', { name: 'Use a passkey' }));
  expect(await screen.findByText(/It was cancelled/)).toBeVisible();
  expect(screen.getByRole('button', { name: 'Use a passkey' })).not.toHaveAttribute('aria-disabled');
  await userEvent.click(screen.getByRole('button', { name: 'Use your password instead' }));
  expect(await screen.findByLabelText('Password of admin')).toBeVisible();
  expect(approvals).toHaveLength(1);
});

test('who comes by the single sign-on goes there for a proof, and comes back to where they were', async () => {
  isSignedIn({ ...sessionOf('admin', { proves_by: ['oidc'] }), oidc_label: 'Home' });
  history.replaceState(null, '', '/actions/42?from=waiting');
  const asked = answering('/session/oidc', () => json({ url: '#there' }, 200));
  await pressApprove();
  await userEvent.click(screen.getByRole('button', { name: 'Sign in with Home' }));
  await waitFor(() => expect(location.hash).toBe('#there'));
  expect(asked).toEqual([{ purpose: 'proof' }]);
  history.replaceState(null, '', '/');
  answering('/session/oidc/answer', () => json(A_SESSION, 200));
  const page = await openPage('/sign-in/answer?code=1&state=2');
  await waitFor(() => expect(page.path()).toBe('/actions/42?from=waiting'));
  expect(sessionStorage).toHaveLength(0);
});

test('nobody is led to another site', async () => {
  sessionStorage.setItem('homelabcmd.way-back', '//example.org/');
  answering('/session/oidc/answer', () => json(A_SESSION, 200));
  const page = await openPage('/sign-in/answer?code=1&state=2');
  await waitFor(() => expect(page.path()).toBe('/'));
});

test('a proof that the provider does not give leads back, and does not say that they are signed out', async () => {
  sessionStorage.setItem('homelabcmd.way-back', '/actions/42');
  answering('/session/oidc/answer', () => problem('unauthenticated', 'Somebody else has signed in there.'));
  await openPage('/sign-in/answer?error=access_denied');
  expect(await screen.findByRole('heading', { name: 'Nothing was proved' })).toBeVisible();
  expect(screen.getByRole('link', { name: 'Go back' })).toHaveAttribute('href', '/actions/42');
});
