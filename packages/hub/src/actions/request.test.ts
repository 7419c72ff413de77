import { ACTION_KINDS, type Action, type Problem } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { startTestHub } from '../../test/hub-fixture.ts';

const PATH = '/servers/nas/services/plex/actions';

test.each(Object.keys(ACTION_KINDS))(
  '%s is asked for by its name and waits for approval',
  async (action_type) => {
    await using hub = await startTestHub();
    await hub.addServer('nas');
    const { status, body } = await hub.call<Action>('POST', PATH, { action_type });
    expect(status).toBe(201);
    expect(body).toMatchObject({ action_type, status: 'pending', target: 'systemd:plex.service' });
  },
);

test('however it was asked for, a service has one open action', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const first = await hub.restart('nas', 'plex');
  const second = await hub.call<Problem>('POST', PATH, { action_type: 'restart_service' });
  expect(second.status).toBe(409);
  expect(second.body).toMatchObject({ code: 'action_open', existing_action_id: first.body.action_id });
});

test('a kind that there is not is a value that is not valid', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const { status, body } = await hub.call<Problem>('POST', PATH, { action_type: 'reboot_everything' });
  expect([status, body.code]).toEqual([422, 'invalid']);
});
