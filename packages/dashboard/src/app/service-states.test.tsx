import type { Probe, ProbeReport, Service } from '@homelabcmd/protocol';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { answering, json, knowing } from '../testing/hub.ts';
import { openPage } from '../testing/page.tsx';
import { AT, aFailedService, anAction, aServer, aService, serviceChanged } from '../testing/things.ts';

const probe: Probe = {
  kind: 'http',
  url: 'http://10.0.0.5:8080/health',
  expect_status: 200,
  expect_body: null,
  interval_ms: 10_000,
  timeout_ms: 5000,
  failures_before_down: 3,
};
const report = (verdict: ProbeReport['verdict'], detail = ''): ProbeReport => ({
  verdict,
  detail,
  since: AT,
});
const silent = aService({ probe, probe_report: report('not_answering', 'It answered 502.') });

async function openRow(service: Service) {
  knowing({ servers: [aServer()], services: [service] });
  const page = await openPage('/servers/media-01');
  const row = await waitFor(() => {
    const element = document.querySelector<HTMLElement>('[data-service="plex"]');
    if (element === null) throw new Error('There is no row of plex');
    return element;
  });
  return { page, row, inRow: within(row) };
}
const unfold = async ({ inRow }: Awaited<ReturnType<typeof openRow>>, name = 'plex') =>
  userEvent.click(inRow.getByRole('button', { name }));
/** What stands beside a term. */
const fact = (row: HTMLElement, term: string) =>
  [...row.querySelectorAll('dt')].find((each) => each.textContent === term)?.nextElementSibling?.textContent;

test('a service that runs and does not answer says so, what was asked, what came and since when', async () => {
  const { row, inRow } = await openRow(silent);
  expect(row.dataset.status).toBe('not_answering');
  expect(inRow.getByText('Not answering')).toBeVisible();
  expect(inRow.getByText('It runs, but it does not answer.')).toBeVisible();
  expect(fact(row, 'Asks')).toBe('http://10.0.0.5:8080/health for status 200, every 10 s.');
  expect(fact(row, 'What came')).toBe('It answered 502.');
  expect(fact(row, 'Since')).toMatch(/ago|Yesterday/);
  expect(screen.getByText('1 not answering')).toBeVisible();
});

test('it has no button that stands there waiting: its restart is in the menu, and under r', async () => {
  const bodies = answering('/servers/media-01/services/plex/restart', () =>
    json(anAction({ why: null }), 201),
  );
  const { inRow } = await openRow(silent);
  expect(inRow.queryByTestId('restart-button')).toBeNull();
  await userEvent.click(inRow.getByRole('button', { name: 'More for plex' }));
  expect(await screen.findByRole('menuitem', { name: 'Restart…' })).toBeVisible();
  await userEvent.keyboard('{Escape}');
  await userEvent.keyboard('jr');
  expect(await inRow.findByTestId('approve-button')).toBeVisible();
  expect(bodies).toHaveLength(1);
});

test('one answer, and the row is quiet again', async () => {
  const { page, row, inRow } = await openRow(silent);
  await page.tell(serviceChanged(101, { ...silent, probe_report: report('answering', 'Status 200.') }));
  expect(row.dataset.status).toBe('running');
  expect(inRow.queryByText('Not answering')).toBeNull();
  expect(screen.queryByText(/not answering/)).toBeNull();
});

test('a probe that waits is no trouble, and says that it waits', async () => {
  const opened = await openRow(aService({ probe, probe_report: report('waiting') }));
  expect(opened.inRow.getByText('probe waiting')).toBeVisible();
  expect(opened.inRow.getByText('Running')).toBeVisible();
  await unfold(opened);
  expect(opened.inRow.getByText('Its probe has no answer yet.')).toBeVisible();
});

test('a probe that the server does not allow comes with the command that allows it', async () => {
  const opened = await openRow(
    aService({ probe, probe_report: report('not_allowed', '10.0.0.5:8080 is not listed.') }),
  );
  expect(opened.inRow.getByText('probe not allowed')).toBeVisible();
  await unfold(opened);
  expect(opened.inRow.getByText('media-01 does not allow this probe yet.')).toBeVisible();
  expect(opened.inRow.getByText("echo '10.0.0.5:8080' >> /etc/homelabcmd/probe-targets")).toBeVisible();
  expect(opened.inRow.getByRole('button', { name: 'Copy command' })).toBeVisible();
});

test('of a silent server neither status nor probe is shown as current', async () => {
  const opened = await openRow({ ...silent, stale: true });
  expect(opened.row.dataset.status).toBe('unknown');
  expect(opened.inRow.getByText('stale')).toBeVisible();
  expect(opened.inRow.queryByText('Not answering')).toBeNull();
  await unfold(opened);
  expect(opened.inRow.getByText('Whether it answers is not known now.')).toBeVisible();
  expect(fact(opened.row, 'Last known')).toMatch(/^Running, /);
  expect(fact(opened.row, 'PID')).toBeUndefined();
  expect(opened.row).not.toHaveTextContent('MiB');
});

test('a paused service is shown quietly: no opened row, no count, no warning', async () => {
  const { row, inRow } = await openRow(aFailedService({ enabled: false, critical: true }));
  expect(inRow.getByText('paused')).toBeVisible();
  expect(inRow.getByText('critical')).toBeVisible();
  expect(inRow.getByText('Failed')).toHaveClass('is-mute');
  expect(inRow.queryByText(/SIGKILL/)).toBeNull();
  expect(row).not.toHaveClass('is-open');
  expect(screen.getByText('0 of 1 running, 1 paused')).toBeVisible();
  expect(screen.queryByText(/1 down/)).toBeNull();
});

test('a row opens on how the service runs and where it is set up', async () => {
  const opened = await openRow(aService({ restarts: 3, display_name: 'Films' }));
  expect(opened.inRow.getByText('plex')).toBeVisible();
  await unfold(opened, 'Films');
  const { row } = opened;
  expect(fact(row, 'systemd says')).toBe('active (running)');
  expect(fact(row, 'PID')).toBe('914');
  expect(fact(row, 'Memory')).toBe('1.0 MiB');
  expect(fact(row, 'CPU')).toBe('1 % of one core');
  expect(fact(row, 'Unit')).toBe('plex.service');
  expect(fact(row, 'Unit file')).toBe('/etc/systemd/system/plex.service');
  expect(fact(row, 'At boot')).toBe('starts by itself enabled');
  expect(fact(row, 'Type')).toBe('simple');
  expect(fact(row, 'Restarts')).toBe('3 times by systemd itself');
  expect(opened.inRow.getByRole('link', { name: 'Set a probe' })).toHaveAttribute(
    'href',
    '/servers/media-01/services/plex/edit',
  );
  await unfold(opened, 'Films');
  expect(opened.inRow.queryByText('Unit file')).toBeNull();
});

test('Enter on the cursor row opens and closes it', async () => {
  const { inRow } = await openRow(aService());
  await userEvent.keyboard('j{Enter}');
  expect(await inRow.findByText('Unit file')).toBeVisible();
  await userEvent.keyboard('{Enter}');
  expect(inRow.queryByText('Unit file')).toBeNull();
});

test('a failed service says why, and where it is set up', async () => {
  const { row, inRow } = await openRow(aFailedService());
  expect(inRow.getByText('Its main process was ended by SIGKILL.')).toBeVisible();
  expect(fact(row, 'Unit file')).toBe('/etc/systemd/system/plex.service');
});

test('another name of a unit, and an instance of a template, are told apart', async () => {
  const alias = await openRow(aService({ unit_file: '/usr/lib/systemd/system/plexmediaserver.service' }));
  await unfold(alias);
  expect(fact(alias.row, 'Unit')).toBe('plex.service, another name of plexmediaserver.service');
});

test('a service that systemd does not know says so', async () => {
  const opened = await openRow(
    aService({
      status: 'not_found',
      unit_file: '',
      state_class: 'down',
      active_state: 'inactive',
      pid: null,
    }),
  );
  expect(opened.inRow.getByText('Not found')).toBeVisible();
  await unfold(opened);
  expect(opened.inRow.getByText('systemd on media-01 knows no service of this name.')).toBeVisible();
});

test('one that was never reported says so', async () => {
  const opened = await openRow(aService({ status: 'unknown', observed_at: null, state_class: null }));
  expect(opened.inRow.getByText('Unknown')).toBeVisible();
  await unfold(opened);
  expect(opened.inRow.getByText('media-01 has not reported it yet.')).toBeVisible();
});
