import type { Policy } from '@homelabcmd/protocol';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, test } from 'vitest';
import { answering, json, knowing, problem } from '../testing/hub.ts';
import { openPage } from '../testing/page.tsx';
import { AT, aServer, aService, anAction } from '../testing/things.ts';

const FROZEN = { on: true, reason: 'moving the rack', changed_by: 'kim', changed_at: AT };
const THAWED = { on: false, reason: null, changed_by: 'kim', changed_at: AT };

const aPolicy = (change: Partial<Policy> = {}): Policy => ({
  name: 'nightly',
  server_id: 'media-01',
  service_name: 'plex',
  target: 'systemd:plex.service',
  mode: 'auto',
  expires_at: '2099-01-01T00:00:00.000Z',
  expired: false,
  hours: { from: '22:00', to: '06:00', time_zone: 'Europe/Berlin' },
  shadow: false,
  remediate: true,
  wait_ms: 30_000,
  changed_at: AT,
  changed_by: 'kim',
  paused: null,
  noted: null,
  ...change,
});

beforeEach(() => {
  HTMLDialogElement.prototype.showModal = function showModal() {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function close() {
    this.open = false;
    this.dispatchEvent(new Event('close'));
  };
});

const fact = (freeze: typeof FROZEN | typeof THAWED) =>
  ({ id: 200, at: AT, type: 'freeze.changed', server_id: null, actor: 'kim', data: { freeze } }) as const;

test('a frozen fleet is said on every page, with who and why, and lifting it is confirmed', async () => {
  knowing({ servers: [aServer()], freeze: FROZEN });
  const bodies = answering('/freeze', () => json(THAWED, 200), 'put');
  await openPage('/actions');
  const banner = within(await screen.findByTestId('freeze-banner'));
  expect(banner.getByRole('alert')).toHaveTextContent('The fleet is frozen');
  expect(banner.getByText(/By kim/)).toHaveTextContent('moving the rack');
  await userEvent.click(banner.getByRole('button', { name: 'Unfreeze…' }));
  expect(bodies).toEqual([]);
  await userEvent.click(banner.getByRole('button', { name: 'Send what is approved' }));
  await waitFor(() => expect(screen.queryByTestId('freeze-banner')).toBeNull());
  expect(bodies).toEqual([{ on: false, reason: null }]);
});

test('a freeze that somebody else sets appears at once', async () => {
  knowing({ servers: [aServer()] });
  const page = await openPage('/');
  await screen.findByRole('heading', { level: 1 });
  await page.tell(fact(FROZEN));
  expect(await screen.findByTestId('freeze-banner')).toBeVisible();
});

test('the fleet is frozen from the settings, with the reason', async () => {
  knowing({ servers: [aServer()] });
  const bodies = answering('/freeze', () => json(FROZEN, 200), 'put');
  await openPage('/settings/freeze');
  await userEvent.type(await screen.findByLabelText(/^Why/), ' moving the rack ');
  await userEvent.click(screen.getByRole('button', { name: 'Freeze the fleet' }));
  expect(await screen.findByTestId('freeze-banner')).toBeVisible();
  expect(bodies).toEqual([{ on: true, reason: 'moving the rack' }]);
});

const policyRow = async (name: string) => {
  const list = await screen.findByRole('list', { name: 'Policies' });
  const row = list.querySelector<HTMLElement>(`[data-policy="${name}"]`);
  if (row === null) throw new Error(`There is no policy ${name}`);
  return within(row);
};

test('policies are listed with what they say; shadow, expired and paused are tags', async () => {
  knowing({
    servers: [aServer()],
    policies: [
      aPolicy(),
      aPolicy({ name: 'old', expired: true, expires_at: AT, hours: null }),
      aPolicy({
        name: 'tried',
        shadow: true,
        noted: { at: AT, note: 'In shadow: it would have approved #7' },
      }),
    ],
  });
  await openPage('/settings/policies');
  const nightly = await policyRow('nightly');
  expect(nightly.getByText(/Approves by itself, for plex on media-01/)).toHaveTextContent(
    'From 22:00 to 06:00 (Europe/Berlin). Asks for a restart when a service has been down for 30 s.',
  );
  expect((await policyRow('old')).getByText('expired')).toBeVisible();
  const tried = await policyRow('tried');
  expect(tried.getByText('shadow')).toBeVisible();
  expect(tried.getByText(/would have approved #7/)).toBeVisible();
});

test('a policy that has paused says why, and is resumed', async () => {
  const paused = { at: AT, because: 'Action #7 for plex on media-01 failed.' };
  knowing({ servers: [aServer()], policies: [aPolicy({ paused })] });
  const bodies = answering('/policies/nightly/resume', () => json(aPolicy(), 200));
  const page = await openPage('/settings/policies');
  const row = await policyRow('nightly');
  expect(row.getByText(/Automation paused/)).toHaveTextContent('Action #7 for plex on media-01 failed.');
  await userEvent.click(row.getByRole('button', { name: 'Resume' }));
  await waitFor(() => expect(bodies).toHaveLength(1));
  const data = { policy: aPolicy() };
  await page.tell({ id: 201, at: AT, type: 'policy.changed', server_id: null, actor: 'kim', data });
  await waitFor(() => expect(screen.queryByText(/Automation paused/)).toBeNull());
});

test('a policy is added, and what the hub says no with is told in the form', async () => {
  knowing({ servers: [aServer()] });
  let isFirst = true;
  const bodies = answering(
    '/policies/nightly',
    () => {
      const answer = isFirst
        ? problem('already_exists', 'The policy x is for the same already.')
        : json(aPolicy(), 200);
      isFirst = false;
      return answer;
    },
    'put',
  );
  await openPage('/settings/policies');
  await userEvent.click(await screen.findByRole('button', { name: 'Add a policy' }));
  const dialog = within(await screen.findByRole('dialog', { name: 'A new policy' }));
  await userEvent.type(dialog.getByLabelText('Name'), 'nightly');
  await userEvent.selectOptions(dialog.getByLabelText('For'), 'media-01');
  await userEvent.type(dialog.getByLabelText(/^Service/), 'plex');
  await userEvent.click(dialog.getByLabelText('By itself'));
  await userEvent.click(dialog.getByLabelText(/In shadow/));
  await userEvent.click(dialog.getByRole('button', { name: 'Save the policy' }));
  expect(await dialog.findByText(/is for the same already/)).toBeVisible();
  await userEvent.click(dialog.getByRole('button', { name: 'Save the policy' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(bodies[1]).toMatchObject({
    server_id: 'media-01',
    service_name: 'plex',
    mode: 'auto',
    shadow: true,
    remediate: false,
    expires_at: expect.stringMatching(/Z$/),
  });
});

test('a rule of two people is removed only after it is said what stays', async () => {
  const rule = aPolicy({ name: 'both', mode: 'two_person', expires_at: null, hours: null, remediate: false });
  knowing({ servers: [aServer()], policies: [rule] });
  const bodies = answering('/policies/both', () => new Response(null, { status: 204 }), 'delete');
  await openPage('/settings/policies');
  const row = await policyRow('both');
  await userEvent.click(row.getByRole('button', { name: 'Remove both' }));
  expect(row.getByText(/You stay bound by it/)).toBeVisible();
  expect(bodies).toEqual([]);
  await userEvent.click(row.getByRole('button', { name: 'Remove both' }));
  await waitFor(() => expect(bodies).toHaveLength(1));
});

test('whoever decides sees which policy says who may, and that a reset is part of it', async () => {
  const action = anAction({ status: 'pending', verb: 'reset-and-restart' });
  const why = 'The policy both of the whole fleet says that whoever asks does not approve.';
  knowing({
    servers: [aServer()],
    services: [aService()],
    actions: [action],
    effective: { mode: 'two_person', policy: null, why, shadow: null },
  });
  await openPage(`/actions/${action.action_id}`);
  expect(await screen.findByText(why)).toBeVisible();
  expect(screen.getByText(/its start limit is cleared first/)).toBeVisible();
});

test('an action that a policy approved says so, and a service where automation gave up says so', async () => {
  const action = anAction({ status: 'completed', approved_by: 'policy:nightly', approved_at: AT });
  const automation = { policy: 'nightly', state: 'stopped', tries: 3, because: 'It is down again.' } as const;
  knowing({ servers: [aServer()], services: [aService({ automation })], actions: [action] });
  await openPage(`/actions/${action.action_id}`);
  expect(await screen.findByText(/^policy nightly/)).toBeVisible();
  await openPage('/servers/media-01');
  expect(await screen.findByText(/Automation stopped after 3 tries/)).toBeVisible();
});

test('the fleet’s page says when automation holds still, and why', async () => {
  const because =
    '5 of 9 servers turned unhealthy within 5 minutes, so the cause is probably the hub or the network.';
  knowing({ servers: [aServer()], halted: { since: AT, because } });
  await openPage('/');
  expect(await screen.findByText(/Automation holds still/)).toHaveTextContent('5 of 9 servers');
});
