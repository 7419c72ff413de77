import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { expect, test } from 'vitest';
import { answering, hub, json, knowing, problem } from '../testing/hub.ts';
import { known, offline } from '../testing/alerts.ts';
import { openPage } from '../testing/page.tsx';
import { AT, NOBODY, aServer, alertTold, anAction, anAlert, anEntry, sessionOf } from '../testing/things.ts';

const row = (id: number) => {
  const found = document.querySelector<HTMLElement>(`.cause[data-alert="${id}"]`);
  if (found === null) throw new Error(`There is no row of alert ${id}`);
  return found;
};
const rows = () =>
  [...document.querySelectorAll<HTMLElement>('[aria-label="Causes"] > .cause')].map((each) =>
    Number(each.dataset.alert),
  );
const opened = async (path = '/alerts') => {
  const page = await openPage(path);
  await screen.findByRole('list', { name: 'Causes' });
  return page;
};
const story = () => screen.findByRole('complementary');

test('the sentence counts causes: what needs somebody, what is acknowledged, what is silenced', async () => {
  knowing(known);
  await opened();
  expect(screen.getByText('2 causes need you. 1 is acknowledged, 1 is silenced.')).toBeVisible();
  expect(document.title).toBe('(2) Alerts · HomelabCmd');
});

test('causes stand worst first, then what somebody looks after, then what is silenced; what is held back stands in its cause with the reason', async () => {
  knowing(known);
  await opened();
  expect(rows()).toEqual([5, 1, 3, 4]);
  expect(row(1)).toHaveTextContent('2 alerts, one cause.');
  expect(within(row(1)).getByRole('link', { name: /zigbee is not known/ })).toBeVisible();
  expect(row(1)).toHaveTextContent('Held back: pi-garage is offline.');
  expect(row(3)).toHaveTextContent('Acknowledged by kim');
  expect(row(3)).toHaveTextContent('“New disk arrives Tuesday.”');
  expect(row(4)).toHaveTextContent('Silenced by kim until');
});

test('what was resolved within the day says how long it was and what ended it', async () => {
  knowing(known);
  await opened();
  expect(await screen.findByRole('heading', { name: 'Resolved, last 24 h' })).toBeVisible();
  expect(row(9)).toHaveTextContent('51 s from');
  expect(within(row(9)).getByRole('link', { name: 'action #42' })).toHaveAttribute('href', '/actions/42');
});

test('the navigation counts what nobody has acknowledged, as the sentence does', async () => {
  knowing(known);
  const page = await opened();
  const link = () =>
    within(screen.getByRole('navigation', { name: 'Main' })).getByRole('link', { name: /Alerts/ });
  expect(link()).toHaveTextContent('Alerts2 not acknowledged');
  await page.tell(alertTold(101, { ...offline, state: 'resolved', resolved_at: AT }));
  expect(link()).toHaveTextContent('Alerts1 not acknowledged');
});

test('acknowledging is one press, is shown when the hub has stored it, and can be taken back', async () => {
  knowing(known);
  const taken = { ...offline, state: 'acknowledged', acknowledged: { at: AT, by: 'admin', note: null } };
  const bodies = answering('/alerts/1/acknowledge', () => json({ ...taken, revision: 101 }, 200));
  answering('/alerts/1/unacknowledge', () => json({ ...offline, revision: 102 }, 200));
  await opened('/alerts/1');
  expect(row(1)).toHaveAttribute('data-alert-state', 'firing');
  await userEvent.click(within(row(1)).getByRole('button', { name: 'Acknowledge' }));
  await waitFor(() => expect(row(1)).toHaveAttribute('data-alert-state', 'acknowledged'));
  expect(bodies).toEqual([{ note: null }]);
  expect(screen.getByText('1 cause needs you. 2 are acknowledged, 1 is silenced.')).toBeVisible();
  await userEvent.click(await within(await story()).findByRole('button', { name: 'Take back' }));
  await waitFor(() => expect(row(1)).toHaveAttribute('data-alert-state', 'firing'));
});

test('a note goes with the acknowledgement', async () => {
  knowing(known);
  const bodies = answering('/alerts/5/acknowledge', () =>
    json(
      {
        ...anAlert({ state: 'acknowledged', acknowledged: { at: AT, by: 'admin', note: 'On it' } }),
        revision: 101,
      },
      200,
    ),
  );
  await opened('/alerts/5');
  await userEvent.click(await within(await story()).findByRole('button', { name: 'With a note…' }));
  await userEvent.type(screen.getByRole('textbox', { name: 'Note' }), 'On it{Enter}');
  await waitFor(() => expect(bodies).toEqual([{ note: 'On it' }]));
  expect(await within(await story()).findByText(/“On it”/)).toBeVisible();
});

test('j, Enter, e and Esc: to a cause, into its story, acknowledged, and back', async () => {
  knowing(known);
  const bodies = answering('/alerts/1/acknowledge', () =>
    json(anAlert({ ...offline, state: 'acknowledged' }), 200),
  );
  const page = await opened();
  await userEvent.keyboard('e');
  expect(bodies).toEqual([]);
  await userEvent.keyboard('jj{Enter}');
  await waitFor(() => expect(page.path()).toBe('/alerts/1'));
  expect(await screen.findByRole('complementary', { name: 'pi-garage is offline' })).toHaveFocus();
  await userEvent.keyboard('e');
  await waitFor(() => expect(bodies).toHaveLength(1));
  await userEvent.keyboard('{Escape}');
  await waitFor(() => expect(page.path()).toBe('/alerts'));
});

test('what is new waits while somebody is in the list, and is one press away', async () => {
  knowing(known);
  const page = await opened();
  await userEvent.hover(row(5));
  await page.tell(
    alertTold(101, anAlert({ alert_id: 20, title: 'nginx failed on nas-01', server_id: 'nas-01' })),
  );
  expect(rows()).toEqual([5, 1, 3, 4]);
  await userEvent.click(screen.getByRole('button', { name: '1 new' }));
  expect(rows()).toContain(20);
});

test('the filters are in the address and find by a member, too', async () => {
  knowing(known);
  const page = await opened('/alerts?q=zigbee');
  expect(rows()).toEqual([1]);
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Severity' }), 'Warning');
  await waitFor(() => expect(page.path()).toContain('severity=warning'));
  expect(await screen.findByText(/No alert matches these filters/)).toBeVisible();
  await userEvent.click(screen.getAllByRole('link', { name: 'Clear the filters' })[0] as HTMLElement);
  await waitFor(() => expect(rows()).toEqual([5, 1, 3, 4]));
});

test('an address that means nothing is overwritten, and the views stand in it', async () => {
  knowing(known);
  const page = await opened('/alerts?view=nonsense&severity=loud');
  expect(page.path()).toBe('/alerts');
  await userEvent.click(screen.getByRole('link', { name: 'All 5' }));
  await waitFor(() => expect(page.path()).toBe('/alerts?view=all'));
  expect(await screen.findByRole('list', { name: 'Open alerts' })).toBeVisible();
  expect(row(2)).toHaveTextContent('Held back: pi-garage is offline.');
  await userEvent.click(screen.getByRole('link', { name: 'Resolved' }));
  expect(await screen.findByRole('list', { name: 'Resolved' })).toBeVisible();
});

test('the story tells what was seen, who was told and what was done, with the action and the last lines as text', async () => {
  const plex = anAlert({ action_id: 42, lines: ['<b>out of memory</b>', 'killed'] });
  knowing({
    ...known,
    actions: [anAction()],
    alerts: [plex],
    stories: {
      5: [
        anEntry(),
        anEntry({ event_id: 11, kind: 'told', text: 'kim was told by ntfy.', actor: 'hub' }),
        anEntry({
          event_id: 12,
          kind: 'done',
          text: 'kim asked for a restart.',
          actor: 'kim',
          action_id: 42,
        }),
      ],
    },
  });
  await opened('/alerts/5');
  const panel = within(await story());
  expect(await panel.findByText('Critical, firing')).toBeVisible();
  const steps = panel.getAllByRole('listitem').map((item) => item.textContent);
  expect(steps[0]).toContain('Done: kim asked for a restart.');
  expect(steps[2]).toMatch(/\d\d:36:12\.408Seen: plex failed\./);
  expect(panel.getByText('<b>out of memory</b>')).toBeVisible();
  expect(await panel.findByText('Restart waits for approval')).toBeVisible();
  expect(panel.getByRole('link', { name: 'Review restart' })).toHaveAttribute('href', '/actions/42');
  expect(document.title).toBe('plex failed on media-01 · HomelabCmd');
});

test('a viewer reads all of it and is offered nothing to press', async () => {
  knowing(known);
  hub.use(http.get('*/api/v1/session', () => json(sessionOf('viewer'), 200)));
  await opened('/alerts/5');
  await story();
  expect(screen.queryByRole('button', { name: /Acknowledge|ilence/ })).toBeNull();
  expect(await screen.findByText('It takes an operator: you are a viewer.')).toBeVisible();
});

test.each(['/alerts/77', '/alerts/not-a-number', '/alerts/-1'])(
  '%s says clearly that there is no such alert',
  async (path) => {
    knowing(known);
    await openPage(path);
    expect(
      await screen.findByRole('heading', {
        level: 1,
        name: /^The alert .* does not exist\.|^Alert #77 does not exist\./,
      }),
    ).toBeVisible();
  },
);

test('nothing wrong says so, with the way to what is watched', async () => {
  knowing({ servers: [aServer()] });
  await openPage('/alerts');
  expect(await screen.findByText(/Nothing is wrong that anybody has to be told of/)).toBeVisible();
  expect(screen.getByText('Nothing needs you.')).toBeVisible();
});

test('what could not be read says so alone, and is tried again', async () => {
  knowing(known);
  hub.use(http.get('*/api/v1/alerts', () => problem('invalid', 'Not now'), { once: false }));
  await openPage('/alerts');
  const alert = await screen.findByText('Could not load the alerts');
  expect(alert).toBeVisible();
  knowing(known);
  const panel = alert.closest('.panel-error');
  await userEvent.click(within(panel as HTMLElement).getByRole('button', { name: 'Try again' }));
  expect(await screen.findByRole('list', { name: 'Causes' })).toBeVisible();
});

test('whoever opens the address of an alert and is not signed in is led to the door, with the way back to it', async () => {
  knowing(known);
  hub.use(http.get('*/api/v1/session', () => json(NOBODY, 200)));
  const page = await openPage('/alerts/5');
  await waitFor(() => expect(page.path()).toBe('/sign-in?to=%2Falerts%2F5'));
});
