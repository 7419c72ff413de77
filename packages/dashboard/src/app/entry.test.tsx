import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, http } from 'msw';
import { beforeEach, expect, test } from 'vitest';
import { answering, hub, json, knowing, problem } from '../testing/hub.ts';
import { openPage } from '../testing/page.tsx';
import { A_SESSION, NOBODY, aServer } from '../testing/things.ts';

const PASSWORD = 'correct horse battery staple';

/** Nobody is signed in; whoever comes in by one of the doors then is. */
const stranger = (over: object = {}) =>
  hub.use(http.get('*/api/v1/session', () => json({ ...NOBODY, ...over }, 200)));
const password = () => screen.getByLabelText('Password');

beforeEach(() => {
  knowing({ servers: [aServer()] });
  stranger();
});

test('by name and password, in a form that a password manager knows', async () => {
  const bodies = answering('/session', () => json(A_SESSION, 200));
  const page = await openPage('/servers/media-01');
  const name = await screen.findByLabelText('Name');
  expect(name).toHaveAttribute('autocomplete', 'username');
  expect(password()).toHaveAttribute('autocomplete', 'current-password');
  expect(password().closest('form')).toBe(name.closest('form'));
  await userEvent.type(name, ' kim ');
  await userEvent.type(password(), `${PASSWORD}{Enter}`);
  expect(await screen.findByRole('heading', { level: 1, name: 'media-01' })).toBeVisible();
  expect(page.path()).toBe('/servers/media-01');
  expect(bodies).toEqual([{ name: 'kim', password: PASSWORD }]);
});

test('a name or password that is not right is told in one sentence, whichever it is', async () => {
  answering('/session', () => problem('unauthenticated', 'Name or password is not right.'));
  await openPage('/sign-in');
  await userEvent.type(await screen.findByLabelText('Name'), 'kim');
  await userEvent.type(password(), 'wrong{Enter}');
  expect(await screen.findByText('Name or password is not right.')).toBeVisible();
  expect(password()).toHaveAccessibleDescription('Name or password is not right.');
});

test('where the hub asks for a code there is a second step in the same place, and a way back', async () => {
  const bodies = answering('/session', () => {
    const { totp_code } = bodies.at(-1) as { totp_code?: string };
    if (totp_code === undefined) return problem('totp_required', 'Type the code.');
    return totp_code === '000000'
      ? problem('unauthenticated', 'This code is not right, or it is no longer valid.')
      : json(A_SESSION, 200);
  });
  const page = await openPage('/sign-in');
  await userEvent.type(await screen.findByLabelText('Name'), 'kim');
  await userEvent.type(password(), `${PASSWORD}{Enter}`);
  const code = await screen.findByLabelText('Code of your authenticator');
  expect(code).toHaveAttribute('autocomplete', 'one-time-code');
  await userEvent.type(code, '000000{Enter}');
  expect(await screen.findByText(/This code is not right/)).toBeVisible();
  await userEvent.click(screen.getByRole('button', { name: 'Not you?' }));
  expect(screen.getByLabelText('Name')).toHaveValue('kim');
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
  await userEvent.type(await screen.findByLabelText('Code of your authenticator'), '123456{Enter}');
  await waitFor(() => expect(page.path()).toBe('/'));
  expect(bodies.at(-1)).toEqual({ name: 'kim', password: PASSWORD, totp_code: '123456' });
});

test('a hub without accounts leads to the first one, and still takes the key', async () => {
  stranger({ is_to_set_up: true });
  const page = await openPage('/');
  expect(await screen.findByLabelText('API key')).toBeVisible();
  await userEvent.click(screen.getByRole('link', { name: 'Make the first account' }));
  await waitFor(() => expect(page.path()).toBe('/setup'));
});

test('set-up takes the token out of the address, and one press makes the account', async () => {
  stranger({ is_to_set_up: true });
  const bodies = answering('/setup', () => json(A_SESSION, 200));
  const page = await openPage('/setup#hlc1_the-token');
  expect(page.path()).toBe('/setup');
  await userEvent.type(await screen.findByLabelText('Name'), 'kim');
  expect(password()).toHaveAttribute('autocomplete', 'new-password');
  await userEvent.type(password(), 'too short{Enter}');
  expect(await screen.findByText(/Use at least 12 characters/)).toBeVisible();
  expect(bodies).toEqual([]);
  await userEvent.clear(password());
  await userEvent.type(password(), `${PASSWORD}{Enter}`);
  await waitFor(() => expect(page.path()).toBe('/'));
  expect(bodies).toEqual([{ token: 'hlc1_the-token', name: 'kim', password: PASSWORD }]);
});

test('a token that is not the console’s can be typed anew, and what was typed besides stays', async () => {
  stranger({ is_to_set_up: true });
  answering('/setup', () => problem('unauthenticated', 'This is not the token.'));
  await openPage('/setup#hlc1_old');
  await userEvent.type(await screen.findByLabelText('Name'), 'kim');
  await userEvent.type(password(), `${PASSWORD}{Enter}`);
  expect(await screen.findByText(/This is not the token that the console shows/)).toBeVisible();
  expect(screen.getByLabelText('Token')).toHaveAttribute('aria-invalid', 'true');
  expect(screen.getByLabelText('Name')).toHaveValue('kim');
});

test('a hub that is set up says so, and leads to sign-in', async () => {
  const page = await openPage('/setup#hlc1_late');
  expect(await screen.findByRole('heading', { name: 'This hub is set up' })).toBeVisible();
  await userEvent.click(screen.getByRole('link', { name: 'Sign in' }));
  await waitFor(() => expect(page.path()).toBe('/sign-in'));
});

test('an invitation greets, is taken out of the address, and signs in with the password that is chosen', async () => {
  const bodies = answering('/invitation', () => json(A_SESSION, 200));
  const page = await openPage('/invitation#hlci_once&name=Kim%20Possible');
  expect(page.path()).toBe('/invitation');
  expect(await screen.findByRole('heading', { name: 'Welcome, Kim Possible' })).toBeVisible();
  await userEvent.type(password(), `${PASSWORD}{Enter}`);
  await waitFor(() => expect(page.path()).toBe('/'));
  expect(bodies).toEqual([{ token: 'hlci_once', password: PASSWORD }]);
});

test('an invitation that is worth nothing says what to do', async () => {
  answering('/invitation', () =>
    problem('unauthenticated', 'This invitation is not valid. Ask for another.'),
  );
  await openPage('/invitation#hlci_used');
  await userEvent.type(await screen.findByLabelText('Password'), `${PASSWORD}{Enter}`);
  expect(await screen.findByText('This invitation is not valid. Ask for another.')).toBeVisible();
  expect(screen.getByRole('link', { name: 'Go to sign-in' })).toBeVisible();
});

test('what the provider of a single sign-on sent back is shown to the hub as it came', async () => {
  const bodies = answering('/session/oidc/answer', () => json(A_SESSION, 200));
  const page = await openPage('/sign-in/answer?code=1e5&state=007');
  await waitFor(() => expect(page.path()).toBe('/'));
  expect(bodies).toEqual([{ search: 'code=1e5&state=007' }]);
});

test('an answer that the hub does not take leads back to the door, with why', async () => {
  answering('/session/oidc/answer', () => problem('unauthenticated', 'You are in none of the groups.'));
  await openPage('/sign-in/answer?error=access_denied');
  expect(await screen.findByText('You are in none of the groups.')).toBeVisible();
});

test('the single sign-on has a button where there is one, and says when it cannot be reached', async () => {
  stranger({ oidc_label: 'Home' });
  hub.use(
    http.post('*/api/v1/session/oidc', () =>
      HttpResponse.json(
        {
          type: 'about:blank',
          title: 'x',
          status: 503,
          code: 'unavailable',
          detail: 'Home does not answer.',
        },
        { status: 503 },
      ),
    ),
  );
  await openPage('/sign-in');
  await userEvent.click(await screen.findByRole('button', { name: 'Sign in with Home' }));
  expect(await screen.findByText(/Home does not answer/)).toBeVisible();
});
