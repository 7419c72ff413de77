import type { AlertRule, WatchedJob } from '@homelabcmd/protocol';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { beforeEach, expect, test } from 'vitest';
import { answering, hub, json, knowing, problem } from '../testing/hub.ts';
import { openPage } from '../testing/page.tsx';
import { AT, aServer, anAction, anAlert, sessionOf } from '../testing/things.ts';

const settings = {
  enabled: true,
  severity: 'warning',
  severity_if_critical: null,
  limit: 90,
  clears_at: 80,
  for_ms: 120_000,
  repeat_ms: null,
  escalate_ms: null,
} as const;
const rules: AlertRule[] = [
  {
    kind: 'memory_high',
    summary: 'Memory that is used, of all that there is.',
    unit: 'percent',
    settings,
    defaults: settings,
    changed_at: null,
    changed_by: null,
  },
  {
    kind: 'service_down',
    summary: 'A service that should run and does not.',
    unit: null,
    settings: { ...settings, limit: null, clears_at: null, for_ms: 0, severity_if_critical: 'critical' },
    defaults: { ...settings, limit: null, clears_at: null, for_ms: 0, severity_if_critical: 'critical' },
    changed_at: AT,
    changed_by: 'kim',
  },
];
const job: WatchedJob = {
  job_id: 3,
  name: 'borg on nas-01',
  kind: 'backup',
  every_ms: 86_400_000,
  grace_ms: 3_600_000,
  state: 'failed',
  last_ping_at: AT,
  last_failure: '<i>disk full</i>',
  due_at: AT,
  created_at: AT,
  created_by: 'admin',
};

beforeEach(() => {
  knowing({ servers: [aServer()] });
  hub.use(
    http.get('*/api/v1/alert-rules', () => json({ alert_rules: rules }, 200)),
    http.get('*/api/v1/jobs', () => json({ jobs: [job], total: 1, limit: 500, offset: 0 }, 200)),
  );
});

const rule = async (name: string) => {
  const list = await screen.findByRole('list', { name: 'Alert rules' });
  const item = within(list)
    .getAllByRole('listitem')
    .find((each) => each.querySelector('.what')?.textContent === name);
  if (item === undefined) throw new Error(`There is no rule ${name}`);
  return within(item);
};

test('each rule says what it watches and how it judges', async () => {
  await openPage('/settings/alert-rules');
  const memory = await rule('Memory');
  expect(memory.getByText('Warning at 90 %, held for 2 min, over at 80 %.')).toBeVisible();
  const services = await rule('Service down');
  expect(services.getByText('Warning, at once. Critical for a critical service.')).toBeVisible();
});

test('the switch is thrown when the hub has stored it', async () => {
  const bodies = answering(
    '/alert-rules/memory_high',
    () =>
      json(
        { ...rules[0], settings: { ...settings, enabled: false }, changed_at: AT, changed_by: 'admin' },
        200,
      ),
    'put',
  );
  await openPage('/settings/alert-rules');
  const memory = await rule('Memory');
  await userEvent.click(memory.getByRole('switch', { name: 'Memory' }));
  await waitFor(() => expect(memory.getByRole('switch')).toHaveAttribute('aria-checked', 'false'));
  expect(bodies).toEqual([{ ...settings, enabled: false }]);
  expect(memory.getByText('Off: nobody is told of it.')).toBeVisible();
});

test('what is no limit and no length of time is said beside it, and nothing is sent until it is one', async () => {
  const bodies = answering('/alert-rules/memory_high', () => json(rules[0] as AlertRule, 200), 'put');
  await openPage('/settings/alert-rules');
  await userEvent.click((await rule('Memory')).getByRole('button', { name: 'Change Memory' }));
  const dialog = within(await screen.findByRole('dialog'));
  const limit = dialog.getByRole('textbox', { name: 'Fires at' });
  const held = dialog.getByRole('textbox', { name: 'Held for (0 s: at once)' });
  await userEvent.clear(limit);
  await userEvent.type(limit, 'much');
  await userEvent.clear(held);
  await userEvent.type(held, '3 weeks');
  await userEvent.click(dialog.getByRole('button', { name: 'Save the rule' }));
  expect(limit).toHaveAccessibleDescription('A number above 0, up to 10,000');
  expect(held).toHaveAccessibleDescription('A length of time up to a day, such as 2 min');
  expect(bodies).toEqual([]);
  await userEvent.clear(limit);
  await userEvent.type(limit, '92,5');
  await userEvent.clear(held);
  await userEvent.type(held, '5 min');
  await userEvent.type(dialog.getByRole('textbox', { name: /Told again/ }), '4 h');
  await userEvent.click(dialog.getByRole('button', { name: 'Save the rule' }));
  await waitFor(() =>
    expect(bodies).toEqual([{ ...settings, limit: 92.5, for_ms: 300_000, repeat_ms: 14_400_000 }]),
  );
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
});

test('what the hub turns down is said in the form', async () => {
  answering('/alert-rules/memory_high', () => problem('invalid', 'It must be over below its limit.'), 'put');
  await openPage('/settings/alert-rules');
  await userEvent.click((await rule('Memory')).getByRole('button', { name: 'Change Memory' }));
  const dialog = within(await screen.findByRole('dialog'));
  await userEvent.click(dialog.getByRole('button', { name: 'Save the rule' }));
  expect(await dialog.findByText(/It must be over below its limit/)).toBeVisible();
});

test('only a rule that was changed can be reset', async () => {
  const sent = answering(
    '/alert-rules/service_down',
    () => json({ ...rules[1], changed_at: null, changed_by: null }, 200),
    'delete',
  );
  await openPage('/settings/alert-rules');
  expect((await rule('Memory')).queryByRole('button', { name: /Reset/ })).toBeNull();
  const services = await rule('Service down');
  await userEvent.click(services.getByRole('button', { name: 'Reset Service down' }));
  await waitFor(() => expect(services.queryByRole('button', { name: /Reset/ })).toBeNull());
  expect(sent).toHaveLength(1);
});

test('a job says how it is, in its own words as text', async () => {
  await openPage('/settings/jobs');
  const item = within((await screen.findByText('borg on nas-01')).closest('li') as HTMLElement);
  expect(item.getByText('Failed')).toBeVisible();
  expect(item.getByText(/<i>disk full<\/i>/)).toBeVisible();
  expect(item.getByText(/At least every 1 d, and may be 1 h late/)).toBeVisible();
});

test('the address of a new job is shown once, with the line to copy', async () => {
  const bodies = answering('/jobs', () =>
    json(
      {
        job: { ...job, job_id: 4, name: 'certbot', kind: 'job', state: 'waiting' },
        ping_path: '/api/v1/pings/abc',
      },
      201,
    ),
  );
  await openPage('/settings/jobs');
  await userEvent.type(await screen.findByRole('textbox', { name: 'Name of a new job' }), 'certbot');
  const every = screen.getByRole('textbox', { name: 'It calls at least every' });
  await userEvent.clear(every);
  await userEvent.type(every, '12 h');
  await userEvent.click(screen.getByRole('button', { name: 'Watch the job' }));
  expect(await screen.findByText(/certbot is watched/)).toBeVisible();
  const address = `${window.location.origin}/api/v1/pings/abc`;
  expect(screen.getByText(address)).toBeVisible();
  expect(screen.getByText(`curl -fsS -X POST ${address}`)).toBeVisible();
  expect(bodies).toEqual([{ name: 'certbot', kind: 'job', every_ms: 43_200_000, grace_ms: 3_600_000 }]);
  await userEvent.click(screen.getByRole('button', { name: 'I have kept it' }));
  expect(screen.queryByText(address)).toBeNull();
});

test('a viewer sees rules and jobs, and changes none', async () => {
  hub.use(http.get('*/api/v1/session', () => json(sessionOf('viewer'), 200)));
  await openPage('/settings/alert-rules');
  const memory = await rule('Memory');
  expect(memory.queryByRole('switch')).toBeNull();
  expect(memory.queryByRole('button')).toBeNull();
});

test('a server’s page shows its open alerts in short, with the way to each', async () => {
  knowing({
    servers: [aServer()],
    alerts: [
      anAlert({ alert_id: 6, kind: 'disk_high', title: 'The disk / of media-01 is at 87 %', subject: '/' }),
      anAlert({ alert_id: 7, server_id: 'nas-01', title: 'smbd failed on nas-01' }),
    ],
  });
  await openPage('/servers/media-01');
  expect(await screen.findByRole('link', { name: 'The disk / of media-01 is at 87 %' })).toHaveAttribute(
    'href',
    '/alerts/6',
  );
  expect(screen.queryByText('smbd failed on nas-01')).toBeNull();
});

test('an action leads to the alert that it belongs to', async () => {
  knowing({ servers: [aServer()], actions: [anAction()], alerts: [anAlert({ action_id: 42 })] });
  await openPage('/actions/42');
  const link = await screen.findByRole('link', { name: 'plex failed on media-01' });
  expect(link).toHaveAttribute('href', '/alerts/5');
});

test('the fleet shows an alert that is about nothing else there, and counts it once', async () => {
  knowing({
    servers: [aServer()],
    alerts: [
      anAlert({
        kind: 'memory_high',
        severity: 'warning',
        subject: null,
        title: 'Memory of media-01 is at 93 %',
      }),
    ],
  });
  await openPage('/');
  expect(await screen.findByText('1 alert needs you.')).toBeVisible();
  const row = within(screen.getByRole('region', { name: 'Needs you' })).getByRole('listitem');
  expect(row).toHaveTextContent('Memory of media-01 is at 93 %');
  expect(within(row).getByRole('link', { name: 'Open' })).toHaveAttribute('href', '/alerts/5');
});
