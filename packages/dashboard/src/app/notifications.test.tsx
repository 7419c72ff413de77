import type { Channel, ChannelKind, ChannelWish, Delivery, Heartbeat } from '@homelabcmd/protocol';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { beforeEach, expect, test } from 'vitest';
import { hub, json, knowing, problem } from '../testing/hub.ts';
import { openPage } from '../testing/page.tsx';
import { AT, aServer } from '../testing/things.ts';

const field = (name: string, label: string, over: Partial<ChannelKind['fields'][number]> = {}) => ({
  ...{ name, label, help: null, type: 'text' as const, required: false, choices: [] },
  ...{ by_default: null, placeholder: null },
  ...over,
});

const KINDS: ChannelKind[] = [
  {
    ...{ kind: 'ntfy', title: 'ntfy', summary: 'A topic of ntfy.', tells: 'alerts' },
    fields: [
      field('server', 'Server', { type: 'url', by_default: 'https://ntfy.sh' }),
      field('topic', 'Topic', { type: 'secret', required: true }),
      field('token', 'Access token', { type: 'secret' }),
    ],
  },
  {
    ...{ kind: 'event_webhook', title: 'Events to a webhook', summary: 'Every event.', tells: 'events' },
    fields: [field('events', 'Events', { required: true, by_default: '*' })],
  },
];

const aChannel = (over: Partial<Channel> = {}): Channel => ({
  ...{ channel_id: 'c1', name: 'My phone', kind: 'ntfy', enabled: true },
  ...{ settings: { server: 'https://ntfy.sh' }, secrets: ['topic', 'token'] },
  routing: { severities: ['critical'], kinds: [], server_ids: [], tags: [] },
  quiet_hours: { hours: { from: '22:00', to: '07:00', time_zone: 'UTC' }, critical_passes: true },
  health: {
    ...{ state: 'failing', last_delivered_at: null, last_failed_at: AT, failures: 2 },
    ...{ last_failure: 'The receiver answered 500.', waiting: 1, held: 0 },
  },
  ...{ created_at: AT, created_by: 'kim', changed_at: AT, changed_by: 'kim' },
  ...over,
});

const aDelivery = (over: Partial<Delivery> = {}): Delivery => ({
  ...{ delivery_id: 'd1', channel_id: 'c1', channel: 'My phone', event_id: 7, alert_id: 3 },
  ...{ occasion: 'fired', title: 'plex failed on media-01', state: 'failed', message_id: 'm1' },
  ...{ tries: 3, created_at: AT, due_at: null, finished_at: AT, because: 'The receiver answered 404.' },
  ...over,
});

const aHeartbeat: Heartbeat = {
  ...{ heartbeat_id: 'h1', name: 'Healthchecks', host: 'hc-ping.com', every_ms: 300_000, enabled: true },
  ...{ last_sent_at: AT, last_failed_at: null, last_failure: null, failures: 0 },
  ...{ created_at: AT, created_by: 'kim' },
};

let channels: Channel[];
let deliveries: Delivery[];
let heartbeats: Heartbeat[];
let sent: unknown[];

const page = { limit: 500, offset: 0 };

beforeEach(() => {
  channels = [aChannel()];
  deliveries = [aDelivery()];
  heartbeats = [aHeartbeat];
  sent = [];
  knowing({ servers: [aServer()] });
  hub.use(
    http.get('*/api/v1/channel-kinds', () => json({ channel_kinds: KINDS }, 200)),
    http.get('*/api/v1/channels', () => json({ channels, total: channels.length, ...page }, 200)),
    http.get('*/api/v1/deliveries', () => json({ deliveries, total: deliveries.length, ...page }, 200)),
    http.get('*/api/v1/heartbeats', () => json({ heartbeats, total: heartbeats.length, ...page }, 200)),
  );
});

const row = async (list: string) =>
  within((await screen.findByRole('list', { name: list })).querySelector('li') ?? document.body);

test('a channel says how it is, whom it tells of what, and when it is quiet', async () => {
  await openPage('/settings/notifications');
  const mine = await row('Channels');
  expect(mine.getByText(/Failing/)).toBeVisible();
  expect(mine.getByText(/The receiver answered 500/)).toBeVisible();
  expect(mine.getByText(/Alerts that are critical\. Quiet from 22:00 to 07:00/)).toBeVisible();
  expect((await row('What was told lately')).getByText(/Given up, by My phone/)).toBeVisible();
  expect((await row('Heartbeats')).getByText('hc-ping.com')).toBeVisible();
});

test('without any it says what that means', async () => {
  [channels, deliveries, heartbeats] = [[], [], []];
  await openPage('/settings/notifications');
  expect(await screen.findByText(/nobody is told of them/)).toBeVisible();
  expect(await screen.findByText('Nothing had to be told yet.')).toBeVisible();
  expect(await screen.findByText('There is none: nobody would notice.')).toBeVisible();
});

test('each part that cannot be loaded says so, and can be asked again', async () => {
  hub.use(http.get('*/api/v1/channels', () => problem('unavailable', 'The store is away.')));
  await openPage('/settings/notifications');
  expect(await screen.findByText('Could not load the channels')).toBeVisible();
  expect((await row('Heartbeats')).getByText('Healthchecks')).toBeVisible();
});

test('without the kinds of channels none can be added: that is said, and they can be asked for again', async () => {
  let isAway = true;
  hub.use(
    http.get('*/api/v1/channel-kinds', () =>
      isAway ? problem('not_found', 'It is away.') : json({ channel_kinds: KINDS }, 200),
    ),
  );
  await openPage('/settings/notifications');
  expect(await screen.findByText('Could not load the kinds of channels')).toBeVisible();
  isAway = false;
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
  await waitFor(() => expect(screen.queryByText('Could not load the kinds of channels')).toBeNull());
  await userEvent.click(screen.getByRole('button', { name: 'Edit My phone' }));
  expect(screen.getByRole('dialog', { name: 'Channel My phone' })).toBeVisible();
});

test('a server that is gone is still there to be taken out of what a channel is told of', async () => {
  channels = [aChannel({ routing: { severities: [], kinds: [], server_ids: ['gone-01'], tags: [] } })];
  hub.use(
    http.put('*/api/v1/channels/c1', async ({ request }) => {
      sent.push(await request.json());
      return json(aChannel(), 200);
    }),
  );
  await openPage('/settings/notifications');
  await userEvent.click(await screen.findByRole('button', { name: 'Edit My phone' }));
  expect(await screen.findByLabelText('media-01')).not.toBeChecked();
  await userEvent.click(screen.getByLabelText('gone-01'));
  await userEvent.click(screen.getByRole('button', { name: 'Save the channel' }));
  await waitFor(() => expect(sent).toHaveLength(1));
  expect((sent[0] as ChannelWish).routing?.server_ids).toEqual([]);
});

test('a heartbeat that has not gone out yet is followed until it has', async () => {
  heartbeats = [{ ...aHeartbeat, last_sent_at: null }];
  await openPage('/settings/notifications');
  expect((await row('Heartbeats')).getByText(/^Not sent yet/)).toBeVisible();
  heartbeats = [aHeartbeat];
  expect(await screen.findByText(/^Arrives/, {}, { timeout: 10_000 })).toBeVisible();
});

test('a form is made of what the kind says; what is wrong stands at its field', async () => {
  hub.use(
    http.post('*/api/v1/channels', async ({ request }) => {
      sent.push(await request.json());
      return sent.length === 1
        ? problem('invalid', 'Some values are not valid.', {
            errors: [{ path: 'settings.topic', message: 'A topic has letters' }],
          })
        : json(aChannel(), 201);
    }),
  );
  await openPage('/settings/notifications');
  await userEvent.click(await screen.findByRole('button', { name: 'Add a channel' }));
  const save = screen.getByRole('button', { name: 'Save the channel' });
  expect(save).toHaveAttribute('aria-disabled', 'true');
  await userEvent.type(screen.getByLabelText('Name'), 'Phone');
  await userEvent.type(screen.getByLabelText('Topic'), 'a b');
  await userEvent.click(screen.getByLabelText('warning'));
  await userEvent.click(save);
  expect(await screen.findByText('A topic has letters')).toBeVisible();
  await userEvent.click(save);
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(sent[1] as ChannelWish).toEqual({
    ...{ name: 'Phone', kind: 'ntfy', enabled: true, quiet_hours: null },
    settings: { server: 'https://ntfy.sh', topic: 'a b' },
    routing: { severities: ['warning'], kinds: [], server_ids: [], tags: [] },
  });
});

test('secrets that are set are kept unless somebody types another or takes them away', async () => {
  hub.use(
    http.put('*/api/v1/channels/c1', async ({ request }) => {
      sent.push(await request.json());
      return json(aChannel(), 200);
    }),
  );
  await openPage('/settings/notifications');
  await userEvent.click(await screen.findByRole('button', { name: 'Edit My phone' }));
  expect(screen.getByLabelText('Topic')).toHaveValue('');
  await userEvent.click(screen.getByLabelText('Take the access token away'));
  await userEvent.click(screen.getByRole('button', { name: 'Save the channel' }));
  await waitFor(() => expect(sent).toHaveLength(1));
  expect((sent[0] as ChannelWish).settings).toEqual({ server: 'https://ntfy.sh', token: null });
});

test('a test shows what the receiver said, as text', async () => {
  const said = '<b>no</b>';
  const answer = { delivered: false, outcome: 'The receiver answered 403.', said, took_ms: 12 };
  hub.use(http.post('*/api/v1/channels/c1/test', () => json(answer, 200)));
  await openPage('/settings/notifications');
  await userEvent.click(await screen.findByRole('button', { name: 'Test My phone' }));
  expect(await screen.findByText(/The receiver answered 403\. 12 ms/)).toBeVisible();
  expect(screen.getByText(said)).toBeVisible();
});

test('what was given up can be tried again', async () => {
  hub.use(
    http.post('*/api/v1/deliveries/d1/retry', () => {
      deliveries = [aDelivery({ state: 'delivered', because: null })];
      return json(aDelivery({ state: 'waiting' }), 200);
    }),
  );
  await openPage('/settings/notifications');
  await userEvent.click(await screen.findByRole('button', { name: 'Try again: plex failed on media-01' }));
  expect(await screen.findByText(/Arrived, by My phone/)).toBeVisible();
});

test('what is on its way is followed until it has arrived, also where no fact of the stream tells of it', async () => {
  deliveries = [aDelivery({ state: 'waiting', because: null, occasion: 'event', title: 'server.created' })];
  channels = [aChannel()];
  await openPage('/settings/notifications');
  expect(await screen.findByText(/To be sent, by My phone/)).toBeVisible();
  expect((await row('Channels')).getByText(/Failing/)).toBeVisible();
  deliveries = [aDelivery({ state: 'delivered', because: null })];
  const health = { ...aChannel().health, state: 'well' as const, waiting: 0, failures: 0 };
  channels = [aChannel({ health })];
  expect(await screen.findByText(/Arrived, by My phone/, {}, { timeout: 10_000 })).toBeVisible();
  await waitFor(async () => expect((await row('Channels')).queryByText(/Failing/)).toBeNull(), {
    timeout: 10_000,
  });
});

test('a channel is removed after one more question', async () => {
  hub.use(
    http.delete('*/api/v1/channels/c1', () => {
      channels = [];
      return new Response(null, { status: 204 });
    }),
  );
  await openPage('/settings/notifications');
  await userEvent.click(await screen.findByRole('button', { name: 'Remove My phone' }));
  await userEvent.click(screen.getByRole('button', { name: 'Remove My phone' }));
  expect(await screen.findByText(/nobody is told of them/)).toBeVisible();
});
