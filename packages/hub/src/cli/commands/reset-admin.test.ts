import { expect, test } from 'vitest';
import { homelabcmd } from '../../../test/command-fixture.ts';
import { API_KEY, startTestHub, type TestHub } from '../../../test/hub-fixture.ts';

const statusWith = async (hub: TestHub, headers: Record<string, string>) =>
  (await fetch(`${hub.url}/api/v1/servers`, { headers })).status;

async function signIn(hub: TestHub): Promise<string> {
  const answer = await fetch(`${hub.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ api_key: API_KEY }),
  });
  return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
}

test('a new key is made while the hub runs; the old one and its sessions end, other keys stay', async () => {
  await using hub = await startTestHub();
  const cookie = await signIn(hub);
  const { body: made } = await hub.call<{ secret: string }>('POST', '/keys', { name: 'phone' });
  expect(await statusWith(hub, { cookie })).toBe(200);
  const { code, out, err } = await homelabcmd(['reset-admin', '--data-dir', hub.dataDir]);
  expect(code).toBe(0);
  expect(out).toMatch(/^hlck_\S+\n$/);
  expect(err).toContain('The hub is running');
  expect(err).not.toContain(out.trim());
  expect(await statusWith(hub, { 'x-api-key': API_KEY })).toBe(401);
  expect(await statusWith(hub, { cookie })).toBe(401);
  expect(await statusWith(hub, { 'x-api-key': made.secret })).toBe(200);
  expect(await statusWith(hub, { 'x-api-key': out.trim() })).toBe(200);
});

test('while a key is set by the settings there is nothing to reset, and where it is set is said', async () => {
  await using hub = await startTestHub();
  const settings = { HOMELABCMD_DATA_DIR: hub.dataDir, HOMELABCMD_API_KEY: API_KEY };
  const { code, out, err } = await homelabcmd(['reset-admin'], settings);
  expect([code, out]).toEqual([1, '']);
  expect(err).toContain('The key is set by HOMELABCMD_API_KEY in the environment');
  expect(err).not.toContain(API_KEY);
  expect(await statusWith(hub, { 'x-api-key': API_KEY })).toBe(200);
});
