import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { known, silence } from '../testing/alerts.ts';
import { answering, json, knowing } from '../testing/hub.ts';
import { openPage } from '../testing/page.tsx';

const row = (id: number) => {
  const found = document.querySelector<HTMLElement>(`.cause[data-alert="${id}"]`);
  if (found === null) throw new Error(`There is no row of alert ${id}`);
  return found;
};
const opened = async (path = '/alerts') => {
  const page = await openPage(path);
  await screen.findByRole('list', { name: 'Causes' });
  return page;
};
const story = () => screen.findByRole('complementary');

test('a silence names what it is about, until when, and why; without a reason nothing is sent', async () => {
  knowing(known);
  const bodies = answering('/silences', () => json(silence, 201));
  await opened('/alerts/5');
  await userEvent.click(await within(await story()).findByRole('button', { name: 'Silence…' }));
  const dialog = within(await screen.findByRole('dialog'));
  const send = dialog.getByRole('button', { name: 'Silence' });
  expect(send).toHaveAttribute('aria-disabled', 'true');
  await userEvent.click(dialog.getByRole('radio', { name: '8 h' }));
  await userEvent.type(dialog.getByRole('textbox', { name: 'Why' }), 'Moving it');
  const before = Date.now();
  await userEvent.click(send);
  await waitFor(() => expect(bodies).toHaveLength(1));
  const [{ until, ...body }] = bodies as [{ until: string }];
  expect(body).toEqual({
    server_id: 'media-01',
    tag: null,
    kind: 'service_down',
    subject: 'plex',
    reason: 'Moving it',
  });
  expect(Date.parse(until) - before - 8 * 3_600_000).toBeLessThan(60_000);
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
});

test('a free silence is of a server, a tag, a kind and a subject, and any can be left open', async () => {
  knowing({ ...known, silences: [] });
  const bodies = answering('/silences', () => json(silence, 201));
  await opened();
  await userEvent.click(screen.getByRole('button', { name: 'New silence…' }));
  const dialog = within(await screen.findByRole('dialog'));
  await userEvent.selectOptions(dialog.getByRole('combobox', { name: 'What' }), 'Memory');
  await userEvent.type(dialog.getByRole('textbox', { name: 'Why' }), 'A long build');
  await userEvent.click(dialog.getByRole('button', { name: 'Silence' }));
  await waitFor(() =>
    expect(bodies).toMatchObject([{ server_id: null, kind: 'memory_high', subject: null }]),
  );
});

test('a silence is ended where it is shown', async () => {
  knowing(known);
  const ended = answering('/silences/7', () => new Response(null, { status: 204 }), 'delete');
  await opened();
  await userEvent.click(await within(row(4)).findByRole('button', { name: 'End silence' }));
  await waitFor(() => expect(ended).toHaveLength(1));
});
