import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { beforeEach, expect, test } from 'vitest';
import { answering, hub, json, knowing, problem } from '../testing/hub.ts';
import { openPage } from '../testing/page.tsx';
import { A_SESSION, anAction, aFailedService, aServer, sessionOf } from '../testing/things.ts';

const TITLE = 'Prove that it is you';
let isProved: boolean;
let proofs: unknown[];
let approvals: unknown[];

/** A hub that wants a proof before anything is approved; `password` is the one that it takes. */
beforeEach(() => {
  isProved = false;
  const action = anAction();
  knowing({ servers: [aServer()], services: [aFailedService({ open_action_id: 42 })], actions: [action] });
  approvals = answering('/actions/42/approve', () =>
    isProved ? json({ ...action, status: 'approved' }, 200) : problem('proof_required', 'It is a while.'),
  );
  proofs = answering('/session/proof', () => {
    isProved = JSON.stringify(proofs.at(-1)).includes('right');
    return isProved ? json(A_SESSION, 200) : problem('forbidden', 'Name or password is not right.');
  });
});

async function pressApprove(): Promise<HTMLElement> {
  await openPage('/actions/42');
  const approve = await screen.findByTestId('approve-button');
  await waitFor(() => expect(approve).not.toHaveAttribute('aria-disabled'));
  await userEvent.click(approve);
  await screen.findByRole('dialog', { name: TITLE });
  return approve;
}

test('a call that was refused for want of a proof is made again when it was given, by itself', async () => {
  await pressApprove();
  expect(approvals).toHaveLength(1);
  const password = screen.getByLabelText('Password of admin');
  expect(password).toHaveAttribute('autocomplete', 'current-password');
  await userEvent.type(password, 'right{Enter}');
  await waitFor(() => expect(approvals).toHaveLength(2));
  expect(approvals[1]).toEqual(approvals[0]);
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(proofs).toEqual([{ password: 'right' }]);
});

test('a password that is not right can be typed again, and nothing is sent until it is', async () => {
  await pressApprove();
  await userEvent.type(screen.getByLabelText('Password of admin'), 'wrong{Enter}');
  expect(await screen.findByText('This password is not right.')).toBeVisible();
  expect(approvals).toHaveLength(1);
  await userEvent.type(screen.getByLabelText('Password of admin'), 'right{Enter}');
  await waitFor(() => expect(approvals).toHaveLength(2));
});

test('to decline leaves everything as it was, says nothing, and gives the focus back', async () => {
  const approve = await pressApprove();
  await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  await waitFor(() => expect(screen.getByTestId('approve-button')).toHaveTextContent('Approve and run'));
  expect(screen.getByTestId('approve-button')).toBe(approve);
  expect(approve).toHaveFocus();
  expect(screen.queryByText(/Could not approve/)).toBeNull();
  expect([approvals.length, proofs.length]).toEqual([1, 0]);
});

test('Escape declines, too', async () => {
  await pressApprove();
  (screen.getByRole('dialog') as HTMLDialogElement).close();
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(approvals).toHaveLength(1);
});

test('who uses an authenticator is asked for its code as well', async () => {
  hub.use(http.get('*/api/v1/session', () => json(sessionOf('admin', { has_totp: true }), 200)));
  await pressApprove();
  await userEvent.type(screen.getByLabelText('Password of admin'), 'right');
  const code = screen.getByLabelText('Code of your authenticator');
  expect(code).toHaveAttribute('autocomplete', 'one-time-code');
  await userEvent.type(code, '123 456{Enter}');
  await waitFor(() => expect(approvals).toHaveLength(2));
  expect(proofs).toEqual([{ password: 'right', totp_code: '123 456' }]);
});

test('who came with a key shows the key', async () => {
  const key = { kind: 'key', role: null, user_id: null, name: 'robot', proves_by: ['key'] } as const;
  hub.use(http.get('*/api/v1/session', () => json(sessionOf('admin', { ...key, proves_by: ['key'] }), 200)));
  await pressApprove();
  await userEvent.type(screen.getByLabelText('The API key robot'), 'right-key{Enter}');
  await waitFor(() => expect(approvals).toHaveLength(2));
  expect(proofs).toEqual([{ api_key: 'right-key' }]);
});

test('who signs in elsewhere is told where the proof is to be had', async () => {
  hub.use(http.get('*/api/v1/session', () => json(sessionOf('admin', { proves_by: ['oidc'] }), 200)));
  await pressApprove();
  expect(screen.getByText(/Sign in with your provider again/)).toBeVisible();
});
