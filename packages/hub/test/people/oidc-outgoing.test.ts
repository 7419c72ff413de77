import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Problem } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { startTestHub } from '../hub-fixture.ts';
import { CLIENT } from './oidc-provider.ts';
import { cookieOf, withCookie } from './people-fixture.ts';

async function listen(answer: RequestListener) {
  const hits: string[] = [];
  const server = createServer((request, response) => {
    hits.push(request.url ?? '');
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    hits,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const SECRET = 'what only this machine may see';
const startCanary = () => listen((_, response) => response.end(SECRET));
const hubWith = (issuer: string, outgoingHosts: string[] = []) =>
  startTestHub({
    publicUrl: 'https://hub.example.org',
    outgoingHosts,
    oidc: { issuer, ...CLIENT, label: 'Home', roleClaim: 'groups', roles: [{ role: 'viewer', value: '*' }] },
  });

test.each(['http://169.254.169.254/latest/meta-data/', null])(
  'a provider that was taken over does not send the hub elsewhere by a redirect: %s',
  async (cloud) => {
    await using canary = await startCanary();
    await using provider = await listen((_, response) => {
      response.writeHead(302, { location: cloud ?? canary.url }).end();
    });
    await using hub = await hubWith(provider.url);
    const { status, body } = await hub.call<Problem>('POST', '/session/oidc', {});
    expect([status, body.detail]).toEqual([503, expect.stringContaining('Home does not answer')]);
    expect([provider.hits.length, canary.hits]).toEqual([1, []]);
    expect(hub.faults).toEqual([]);
  },
);

test('nor by naming another place where it takes codes, unless an administrator has listed that', async () => {
  await using canary = await startCanary();
  await using provider = await listen((_, response) => {
    response.setHeader('content-type', 'application/json').end(
      JSON.stringify({
        issuer: provider.url,
        authorization_endpoint: `${provider.url}/auth`,
        token_endpoint: `${canary.url}/token`,
      }),
    );
  });
  const tryWith = async (outgoingHosts: string[]) => {
    await using hub = await hubWith(provider.url, outgoingHosts);
    const begun = await withCookie<{ url: string }>(hub, '', 'POST', '/session/oidc', { purpose: 'sign_in' });
    const state = new URL(begun.body.url).searchParams.get('state') ?? '';
    const search = `?code=x&state=${state}`;
    const { status, body } = await withCookie(hub, cookieOf(begun), 'POST', '/session/oidc/answer', {
      search,
    });
    expect(status).toBe(401);
    expect(JSON.stringify([body, hub.logLines])).not.toContain(SECRET);
    return JSON.stringify(hub.logLines);
  };
  expect(await tryWith([])).toContain('HOMELABCMD_OUTGOING_HOSTS');
  expect(canary.hits).toEqual([]);
  await tryWith([new URL(canary.url).host]);
  expect(canary.hits).toEqual(['/token']);
});
