import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, http } from 'msw';
import { beforeEach, expect, test } from 'vitest';
import type { Verification } from '@homelabcmd/protocol';
import { NEVER_CHECKED, aCheck, anEntry, keeping } from '../testing/audit.ts';
import { answering, hub, json, knowing, problem } from '../testing/hub.ts';
import { openPage } from '../testing/page.tsx';
import { actionTold, aServer, anAction } from '../testing/things.ts';

beforeEach(() => {
  knowing({ servers: [aServer(), aServer({ server_id: 'nas-01' })], actions: [anAction()] });
});

const table = () => screen.findByRole('table', { name: 'Entries of the audit' });
const shown = () =>
  [...document.querySelectorAll<HTMLElement>('[data-entry]')].map((row) => Number(row.dataset.entry));
const many = (count: number) => Array.from({ length: count }, (_, n) => anEntry({ entry: count - n }));
const searchIn = (path: string) => Object.fromEntries(new URL(path, 'http://hub').searchParams);

test('who did what, on what, from where, with the way to the action; the audit is a view of the actions', async () => {
  keeping([
    anEntry({ entry: 7 }),
    anEntry({
      entry: 6,
      actor: 'hub',
      verb: 'store.set_back',
      server_id: null,
      action_id: null,
      from_address: null,
    }),
  ]);
  const page = await openPage('/actions');
  await userEvent.click(await screen.findByRole('link', { name: 'Audit' }));
  const rows = within(await table())
    .getAllByRole('row')
    .slice(1);
  expect(
    rows.map((row) =>
      within(row)
        .getAllByRole('cell')
        .slice(1)
        .map((cell) => cell.textContent?.trim()),
    ),
  ).toEqual([
    ['kim', 'Approved the restart of plex', 'plex on media-01', '10.0.0.7', '#42'],
    ['hub', 'Found the store set back to an older one', 'the hub', '', ''],
  ]);
  expect(page.path()).toBe('/actions/audit');
  const views = screen.getByRole('navigation', { name: 'Views' });
  expect(within(views).getByRole('link', { current: 'page' })).toHaveTextContent('Audit');
  await userEvent.click(screen.getByRole('link', { name: '#42' }));
  await waitFor(() => expect(page.path()).toBe('/actions/42'));
});

test('the page of an action leads to its entries, and the question names it', async () => {
  const asked = keeping([anEntry()]);
  const page = await openPage('/actions/42');
  await userEvent.click(await screen.findByRole('link', { name: 'Audit entries' }));
  await table();
  expect(page.path()).toBe('/actions/audit?action=42');
  expect(asked[0]?.get('action_id')).toBe('42');
  await userEvent.click(screen.getByRole('button', { name: /Action #42/ }));
  await waitFor(() => expect(page.path()).toBe('/actions/audit'));
});

test('filters are in the address, in the question and in the files', async () => {
  const asked = keeping([anEntry()]);
  const page = await openPage('/actions/audit');
  await table();
  await userEvent.click(screen.getByRole('link', { name: 'People and keys' }));
  await userEvent.selectOptions(await screen.findByRole('combobox', { name: 'Server' }), 'nas-01');
  await userEvent.selectOptions(await screen.findByRole('combobox', { name: 'Who' }), 'kim');
  await userEvent.type(screen.getByLabelText('Since'), '2026-11-01');
  await userEvent.type(screen.getByLabelText('Until'), '2026-11-02');
  await userEvent.keyboard('{Escape}');
  await userEvent.type(screen.getByRole('searchbox', { name: 'Search the audit' }), 'disk');
  await waitFor(() =>
    expect(searchIn(page.path())).toEqual({
      ...{ about: 'keys', server: 'nas-01', who: 'kim', q: 'disk' },
      ...{ from: '2026-11-01', to: '2026-11-02' },
    }),
  );
  const wanted = {
    ...{ verb: 'key.*,user.*,session.*', server_id: 'nas-01', actor: 'kim', q: 'disk' },
    since: new Date(2026, 10, 1).toISOString(),
    until: new Date(2026, 10, 3).toISOString(),
  };
  await waitFor(() => expect(Object.fromEntries(asked.at(-1) ?? [])).toMatchObject(wanted));
  const csv = screen.getByRole('link', { name: /as CSV/ });
  const address = new URL(csv.getAttribute('href') ?? '', 'http://hub');
  expect(address.pathname).toBe('/api/v1/audit/export');
  expect(Object.fromEntries(address.searchParams)).toEqual({ ...wanted, format: 'csv' });
  await userEvent.click(screen.getByRole('link', { name: 'Clear the filters' }));
  await waitFor(() => expect(page.path()).toBe('/actions/audit'));
});

test('an address with nonsense in it is read as far as it makes sense', async () => {
  const asked = keeping([anEntry()]);
  const page = await openPage('/actions/audit?about=toString&action=-1&from=yesterday&who=+&server=nas-01');
  await table();
  expect(searchIn(page.path())).toEqual({ server: 'nas-01' });
  expect(Object.fromEntries(asked[0] ?? [])).toEqual({ server_id: 'nas-01', limit: '50' });
});

test('older ones come when they are asked for, and those that are shown stay', async () => {
  keeping(many(120));
  await openPage('/actions/audit');
  await table();
  expect(shown()).toHaveLength(50);
  await userEvent.click(screen.getByRole('button', { name: 'Show older' }));
  await waitFor(() => expect(shown()).toHaveLength(100));
  await userEvent.click(screen.getByRole('button', { name: 'Show older' }));
  await waitFor(() => expect(shown()).toEqual(Array.from({ length: 120 }, (_, n) => 120 - n)));
  expect(screen.queryByRole('button', { name: 'Show older' })).toBeNull();
});

test('what is new is there by itself, and waits while the pointer is in the list', async () => {
  const entries = many(2);
  keeping(entries);
  const page = await openPage('/actions/audit');
  const list = await table();
  entries.unshift(anEntry({ entry: 3 }));
  await page.tell(actionTold(101, 'action.approved', anAction()));
  await waitFor(() => expect(shown()).toEqual([3, 2, 1]));
  await userEvent.hover(list);
  entries.unshift(anEntry({ entry: 5 }), anEntry({ entry: 4 }));
  await page.tell(actionTold(102, 'action.dispatched', anAction()));
  await userEvent.click(await screen.findByRole('button', { name: '2 new' }));
  expect(shown()).toEqual([5, 4, 3, 2, 1]);
});

test('by j and Enter an entry is opened: all that is written in it, and the ways to others like it', async () => {
  const detail = {
    verb: 'restart',
    service_name: 'plex',
    requested_by: 'robin',
    self_approved: false,
    outcome: null,
    probe: { port: 80 },
  };
  keeping([anEntry({ detail })]);
  const page = await openPage('/actions/audit');
  await table();
  await userEvent.keyboard('j{Enter}');
  const row = document.querySelector<HTMLElement>('[data-entry="1"]') ?? expect.fail('no row');
  expect(within(row).getByRole('button', { expanded: true })).toHaveTextContent(
    'Approved the restart of plex',
  );
  const terms = within(row)
    .getAllByRole('term')
    .map((term) => term.textContent);
  expect(terms).toEqual([
    'Entry',
    'Verb',
    'When',
    'From',
    'Order',
    'Service name',
    'Requested by',
    'Self approved',
    'Probe',
    'Hash',
  ]);
  expect(within(row).getByText('{"port":80}')).toBeVisible();
  expect(within(row).getByText('cd'.repeat(32))).toBeVisible();
  await userEvent.click(within(row).getByRole('link', { name: 'by kim' }));
  await waitFor(() => expect(page.path()).toBe('/actions/audit?who=kim'));
});

test('an entry that somebody has edited is open, says so, and shows the text that stands there', async () => {
  keeping([anEntry({ intact: false, at: 'yesterday', verb: '<b>', detail: {}, detail_text: '{"reason":' })]);
  await openPage('/actions/audit');
  const list = within(await table());
  expect(list.getByText('Does not hold.')).toBeVisible();
  expect(list.getByText(/somebody has changed it in the store/)).toBeVisible();
  expect(list.getByText('{"reason":')).toBeVisible();
  expect(list.getAllByText('yesterday')[0]).toBeVisible();
  expect(list.getByRole('button', { name: '<b>' })).toBeVisible();
});

test('nothing found says so, with the way back; nothing at all says that', async () => {
  keeping([]);
  const page = await openPage('/actions/audit?q=zzz');
  await screen.findByText(/No entry matches these filters/);
  expect(screen.queryByText('Export')).toBeNull();
  await userEvent.click(
    screen.getAllByRole('link', { name: 'Clear the filters' })[0] ?? expect.fail('no way back'),
  );
  await screen.findByText('Nothing has been written yet.');
  expect(page.path()).toBe('/actions/audit');
});

test('entries that cannot be read say why, alone, and are read when one tries again', async () => {
  keeping([anEntry()], aCheck());
  let isBroken = true;
  hub.use(
    http.get('*/api/v1/audit', () =>
      isBroken ? problem('unavailable', 'The store is away.', { request_id: 'req-7' }) : undefined,
    ),
  );
  await openPage('/actions/audit');
  await screen.findByText('Could not load the audit');
  expect(screen.getByText('req-7')).toBeVisible();
  expect(await screen.findByText('The chain holds')).toBeVisible();
  isBroken = false;
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
  await table();
});

test('the chain is checked on a press: how far it is while it runs, and what it came to', async () => {
  const running: Verification = {
    ...NEVER_CHECKED,
    running: { started_at: '2026-11-22T09:36:12.408Z', checked: 4250, total: 12_345 },
  };
  keeping([anEntry()]);
  const begun = answering('/audit/verification', () => json(running, 200));
  await openPage('/actions/audit');
  await screen.findByText('The chain has not been checked yet');
  let state = running;
  hub.use(http.get('*/api/v1/audit/verification', () => HttpResponse.json(state)));
  await userEvent.click(screen.getByRole('button', { name: 'Check now' }));
  const strip = screen.getByRole('region', { name: 'Whether the chain holds' });
  await waitFor(() => expect(strip).toHaveTextContent('Checking the chain: 4,250 of 12,345 entries'));
  await userEvent.click(screen.getByRole('button', { name: 'Checking' }));
  expect(begun).toHaveLength(1);
  state = aCheck();
  await waitFor(() =>
    expect(strip).toHaveTextContent(/The chain holds: 12,345 entries, checked (just now|\d s ago)/),
  );
});

test('a chain that does not hold is named with its entries, and agents that were shown another one', async () => {
  const servers = [
    { server_id: 'attic-01', status: 'offline', agrees: true, heads: 0, newest_entry: null, differences: [] },
    {
      server_id: 'media-01',
      status: 'answered',
      agrees: false,
      heads: 2,
      newest_entry: 9,
      differences: ['It was shown entry 9.'],
    },
    { server_id: 'nas-01', status: 'answered', agrees: true, heads: 3, newest_entry: 8, differences: [] },
  ] as const;
  const witnesses = servers.map((each) => ({ ...each, differences: [...each.differences] }));
  const faults = [{ kind: 'edited', entry: 7, sentence: 'Entry 7 was edited.' } as const];
  keeping([anEntry()], aCheck({ holds: false, fault_count: 3, faults: [...faults], witnesses }));
  await openPage('/actions/audit');
  const strip = within(await screen.findByRole('region', { name: 'Whether the chain holds' }));
  expect(strip.getByText('The chain does not hold')).toBeVisible();
  expect(strip.getByText('Entry 7 was edited.')).toBeVisible();
  expect(strip.getByText('And 2 more.')).toBeVisible();
  expect(strip.getByText('1 of 3 servers was shown another chain')).toBeVisible();
  expect(strip.getByText('It was shown entry 9.')).toBeVisible();
  expect(strip.getByText('Agrees, up to entry 8')).toBeVisible();
  expect(strip.getByText('Could not be asked: not connected')).toBeVisible();
});

test('a whole chain that is another than the agents were shown is no chain that holds', async () => {
  const witness = {
    server_id: 'nas-01',
    status: 'answered',
    agrees: false,
    heads: 1,
    newest_entry: 9,
    differences: [],
  } as const;
  keeping([anEntry()], aCheck({ witnesses: [{ ...witness, differences: [] }] }));
  await openPage('/actions/audit');
  expect(await screen.findByText('The chain is not the one that the agents were shown')).toBeVisible();
  expect(screen.queryByText('The chain holds')).toBeNull();
});
