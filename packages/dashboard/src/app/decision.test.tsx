import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { answering, json, knowing, problem } from '../testing/hub.ts';
import { openPage } from '../testing/page.tsx';
import { actionTold, aFailedService, anAction, aServer, serviceChanged } from '../testing/things.ts';

const ARM_MS = 500;
const FIX = 'sudo homelabcmd-agent allow plex.service';
const forbidden = { allowed: false, reason: 'plex.service is not in its list.', fix_command: FIX };

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  knowing({
    servers: [aServer()],
    services: [aFailedService({ open_action_id: 42 })],
    actions: [anAction()],
  });
});
afterEach(() => {
  vi.useRealTimers();
});

const strip = () => screen.findByRole('group', { name: 'Restart of plex on media-01' });
const approve = async () => within(await strip()).getByTestId('approve-button');
const wait = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

test('a press within half a second of its appearing is no approval', async () => {
  const bodies = answering('/actions/42/approve', () =>
    json(anAction({ status: 'approved', revision: 101 }), 200),
  );
  await openPage('/servers/media-01');
  const button = await approve();
  expect(button).toHaveAttribute('aria-disabled', 'true');
  fireEvent.click(button);
  fireEvent.click(button);
  await wait(ARM_MS);
  expect(bodies).toEqual([]);
  expect(button).not.toHaveAttribute('aria-disabled');
});

test('an approval names exactly what was shown, once, and what the hub stored is shown', async () => {
  const bodies = answering('/actions/42/approve', () =>
    json(anAction({ status: 'approved', approved_by: 'admin', revision: 101 }), 200),
  );
  await openPage('/servers/media-01');
  const button = await approve();
  await wait(ARM_MS);
  fireEvent.click(button);
  fireEvent.click(button);
  expect(await screen.findByText(/Waiting for the agent to take the order/)).toBeVisible();
  expect(bodies).toEqual([{ digest: 'the-digest' }]);
});

test('the strip says what the decision rests on', async () => {
  knowing({
    servers: [aServer()],
    services: [aFailedService()],
    actions: [
      anAction({
        budget: { ran_last_hour: 2, warn_at: 3, limit: 20 },
        also_restarts: [{ unit: 'tautulli.service', relation: 'PartOf', active: true }],
      }),
    ],
  });
  await openPage('/servers/media-01');
  const shown = within(await strip());
  expect(shown.getByText(/admin asked for a restart/)).toBeVisible();
  expect(shown.getByText(/Also restarts tautulli.service/)).toBeVisible();
  expect(shown.getByText(/2 restarts ran in the last hour/)).toHaveTextContent(/Expires in 23 h 59 min/);
  expect(shown.getByText(/This would be restart 3 in an hour/)).toBeVisible();
});

test('where the server does not allow it, that is said with the command, and approving is off until it changes', async () => {
  const bodies = answering('/actions/42/approve', () => json(anAction(), 200));
  knowing({
    servers: [aServer()],
    services: [aFailedService({ restartable: forbidden })],
    actions: [anAction()],
  });
  const page = await openPage('/servers/media-01');
  const shown = within(await strip());
  expect(shown.getByText('media-01 does not allow this yet.')).toBeVisible();
  expect(shown.getByText(FIX)).toBeVisible();
  const button = await approve();
  await wait(ARM_MS);
  expect(button).toHaveAttribute('aria-disabled', 'true');
  expect(button).toHaveAttribute('title', forbidden.reason);
  fireEvent.click(button);
  expect(bodies).toEqual([]);
  await page.tell(serviceChanged(101, aFailedService()));
  expect(button).not.toHaveAttribute('aria-disabled');
  expect(shown.queryByText('media-01 does not allow this yet.')).toBeNull();
});

test('it is said before a restart is asked for, too', async () => {
  knowing({ servers: [aServer()], services: [aFailedService({ restartable: forbidden })] });
  await openPage('/servers/media-01');
  expect(await screen.findByText('media-01 does not allow this yet.')).toBeVisible();
  expect(screen.getByText(FIX)).toBeVisible();
});

test('what restarts along is not known of a service that the hub has never seen: it is reviewed, not approved in place', async () => {
  knowing({ servers: [aServer()], services: [aFailedService()], actions: [anAction({ expect: null })] });
  await openPage('/servers/media-01');
  const shown = within(await strip());
  expect(shown.queryByTestId('approve-button')).toBeNull();
  expect(shown.getByRole('link', { name: /Review/ })).toHaveAttribute('href', '/actions/42');
});

test('rejecting takes a reason', async () => {
  const bodies = answering('/actions/42/reject', () =>
    json(anAction({ status: 'rejected', revision: 101 }), 200),
  );
  await openPage('/servers/media-01');
  const shown = within(await strip());
  fireEvent.click(shown.getByTestId('reject-button'));
  const confirm = shown.getByTestId('reject-button');
  fireEvent.click(confirm);
  expect(bodies).toEqual([]);
  fireEvent.change(shown.getByLabelText('Reason for rejecting'), { target: { value: ' Backup runs ' } });
  fireEvent.click(confirm);
  await waitFor(() => expect(bodies).toEqual([{ reason: 'Backup runs' }]));
  await waitFor(() =>
    expect(screen.queryByRole('group', { name: 'Restart of plex on media-01' })).toBeNull(),
  );
});

test('an order that is out can be asked back, once, and the row says who did', async () => {
  const out = anAction({ status: 'dispatched', approved_by: 'admin', expires_at: null, revision: 100 });
  knowing({ servers: [aServer()], services: [aFailedService({ open_action_id: 42 })], actions: [out] });
  const bodies = answering('/actions/42/cancel', () =>
    json({ ...out, cancel_requested_by: 'kim', revision: 101 }, 200),
  );
  await openPage('/servers/media-01');
  fireEvent.click(within(await strip()).getByTestId('cancel-button'));
  expect(await screen.findByText(/kim asked to cancel it/)).toBeVisible();
  expect(bodies).toHaveLength(1);
  expect(within(await strip()).queryByTestId('cancel-button')).toBeNull();
});

test('a decision that someone else made first is told, and the row follows', async () => {
  answering('/actions/42/approve', () =>
    problem('action_moved_on', 'It was rejected by root.', { action_status: 'rejected' }),
  );
  await openPage('/servers/media-01');
  const button = await approve();
  await wait(ARM_MS);
  knowing({ servers: [aServer()], services: [aFailedService()], actions: [] });
  fireEvent.click(button);
  expect(await screen.findByText('It was rejected by root.')).toBeVisible();
  await waitFor(() => expect(screen.queryByTestId('approve-button')).toBeNull());
});

test('a approves the row under the cursor only', async () => {
  vi.useRealTimers();
  const bodies = answering('/actions/42/approve', () =>
    json(anAction({ status: 'approved', revision: 101 }), 200),
  );
  await openPage('/servers/media-01');
  const button = await approve();
  await waitFor(() => expect(button).not.toHaveAttribute('aria-disabled'));
  await userEvent.keyboard('a');
  expect(bodies).toHaveLength(0);
  await userEvent.keyboard('ja');
  await waitFor(() => expect(bodies).toHaveLength(1));
});

test('the page of an action: review, decision, and the record of it, live', async () => {
  const page = await openPage('/actions/42');
  const root = () => document.querySelector('[data-action-status]')?.getAttribute('data-action-status');
  expect(await screen.findByRole('heading', { level: 1, name: 'Restart plex on media-01?' })).toBeVisible();
  expect(root()).toBe('pending');
  expect(screen.getByText('systemctl restart plex')).toBeVisible();
  expect(screen.getByTestId('reject-button')).toHaveAttribute('aria-disabled', 'true');
  expect(screen.getByTestId('cancel-button')).toBeVisible();
  const steps = [
    ...anAction().steps,
    { step: 'approved', at: '2026-11-22T09:36:12.455Z', actor: 'admin', detail: '', elapsed_ms: null },
  ];
  await page.tell(actionTold(101, 'action.approved', anAction({ status: 'approved', steps })));
  expect(root()).toBe('approved');
  expect(screen.getByText('+ 47 ms')).toBeVisible();
  const result = {
    outcome: 'refused',
    code: 'not_allowed',
    detail: 'The list does not hold it.',
    exit_code: null,
    output: '',
    before: null,
    after: null,
    ran_ms: null,
    elapsed_ms: 3,
    journal: [],
  } as const;
  await page.tell(
    actionTold(
      102,
      'action.refused',
      anAction({ status: 'refused', steps, result: { ...result, journal: [] } }),
    ),
  );
  expect(root()).toBe('refused');
  expect(screen.getByText(/It did not run and never will/)).toBeVisible();
});
