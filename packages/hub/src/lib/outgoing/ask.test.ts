import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { outgoing } from './ask.ts';
import { asListed, permit, type Resolve } from './permit.ts';

const open: Server[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A server of this machine that nobody is to reach, and each request that did. */
async function startCanary(
  answer: RequestListener = (_, response) => response.end('the secret of the canary'),
) {
  const hits: string[] = [];
  const server = createServer((request, response) => {
    hits.push(`${request.method} ${request.headers.host}${request.url}`);
    answer(request, response);
  });
  open.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { hits, port: (server.address() as AddressInfo).port };
}

/** Names and what they mean each time that they are asked for. */
function namesOf(meanings: Record<string, readonly string[][]>): { resolve: Resolve; asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    resolve: async (host) => {
      asked.push(host);
      const list = meanings[host] ?? [];
      return list[Math.min(asked.filter((one) => one === host).length, list.length) - 1] ?? [];
    },
  };
}

const isAnswered = (answer: Promise<Response>): Promise<boolean> =>
  answer.then(
    () => true,
    () => false,
  );

function askWith(listed: string[], resolve?: Resolve, withinMs?: number) {
  const refused: string[] = [];
  const ask = outgoing({
    ...{ listed, refused: (sentence) => void refused.push(sentence) },
    ...(resolve ? { resolve } : {}),
    ...(withinMs === undefined ? {} : { withinMs }),
  });
  return { ask, refused };
}

/** Ways to write this machine, its network and where it is told its secrets. */
const HOSTS = [
  ...[
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '017700000001',
    '127.0.0.1.',
    '0',
    '0.0.0.0',
  ],
  ...[
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
  ],
  ...[
    'inside.example',
    'INSIDE.example',
    'inside.example.',
    'both.example',
    '１２７.０.０.１',
    '127。0。0。1',
  ],
  ...['169.254.169.254', '[fd00:ec2::254]', '10.0.0.1', '192.168.1.1', 'user:pass@93.184.216.34'],
];
const OTHER_SCHEMES = [
  ...[
    'file:///etc/passwd',
    'ftp://93.184.216.34/',
    'gopher://127.0.0.1/',
    'data:text/plain,x',
    'javascript:1',
  ],
  ...['unix:///run/x', 'ws://127.0.0.1/', '//127.0.0.1/', '', 'nas'],
];

test('what is not listed and not on the internet is not asked, however it is written', async () => {
  const canary = await startCanary();
  const { resolve } = namesOf({
    'inside.example': [['127.0.0.1']],
    'both.example': [['93.184.216.34', '127.0.0.1']],
  });
  const { ask, refused } = askWith([], resolve);
  for (const host of HOSTS)
    for (const scheme of ['https', 'http'])
      expect([host, await isAnswered(ask(`${scheme}://${host}:${canary.port}/`))]).toEqual([host, false]);
  for (const url of [...OTHER_SCHEMES, `http://93.184.216.34:${canary.port}/`])
    expect([url, await isAnswered(ask(url))]).toEqual([url, false]);
  expect(canary.hits).toEqual([]);
  expect(refused.length).toBeGreaterThan(2 * HOSTS.length - 8);
});

test('a name is resolved once, and what it means then is connected to, whatever it means a moment later', async () => {
  const canary = await startCanary();
  const rebinding = namesOf({ 'rebinding.example': [['127.0.0.2'], ['127.0.0.1']] });
  const { ask } = askWith(['rebinding.example'], rebinding.resolve);
  await expect(ask(`http://rebinding.example:${canary.port}/`)).rejects.toThrow('ECONNREFUSED');
  expect([canary.hits, rebinding.asked]).toEqual([[], ['rebinding.example']]);

  const toInside = namesOf({ 'rebinding.example': [['93.184.216.34'], ['127.0.0.1']] });
  const permitted = await permit(new URL('https://rebinding.example/'), new Set(), toInside.resolve);
  expect([permitted.addresses, toInside.asked]).toEqual([['93.184.216.34'], ['rebinding.example']]);
});

test('what an administrator has listed is asked, by its name, and no redirect is followed', async () => {
  const other = await startCanary();
  const canary = await startCanary((request, response) => {
    if (request.url === '/here') return void response.setHeader('x-a', 'b').end('{"a":1}');
    const to =
      request.url === '/cloud' ? 'http://169.254.169.254/latest/' : `http://127.0.0.1:${other.port}/`;
    response.writeHead(302, { location: to }).end('go there');
  });
  const { resolve } = namesOf({ 'nas.lan': [['127.0.0.1']] });
  for (const listed of ['nas.lan', `NAS.lan:${canary.port}`]) {
    const { ask } = askWith([listed], resolve);
    const answer = await ask(`http://nas.lan:${canary.port}/here`, { headers: { host: 'elsewhere' } });
    expect([answer.status, answer.headers.get('x-a'), await answer.json()]).toEqual([200, 'b', { a: 1 }]);
    for (const path of ['/cloud', '/other'])
      expect((await ask(`http://nas.lan:${canary.port}${path}`)).status).toBe(302);
  }
  expect(canary.hits.every((hit) => hit.startsWith(`GET nas.lan:${canary.port}/`))).toBe(true);
  expect(other.hits).toEqual([]);
  const { ask } = askWith([`nas.lan:${canary.port + 1}`, 'lan', '*', '127.0.0.1:1'], resolve);
  await expect(ask(`http://nas.lan:${canary.port}/here`)).rejects.toThrow('HOMELABCMD_OUTGOING_HOSTS');
});

test('a name that is listed does not open the way to the secrets of the machine', async () => {
  const { resolve } = namesOf({ 'nas.lan': [['169.254.169.254']], 'nas6.lan': [['::ffff:a9fe:a9fe']] });
  const { ask } = askWith(['nas.lan', 'nas6.lan'], resolve);
  for (const name of ['nas.lan', 'nas6.lan'])
    await expect(ask(`https://${name}/`)).rejects.toThrow('told its own secrets');
});

test('an answer that is too long, or never ends, is none, and nothing of it is in the error', async () => {
  const canary = await startCanary((request, response) => {
    if (request.url === '/long') response.end('secret '.repeat(200_000));
    else response.write('secret');
  });
  const { ask } = askWith(['127.0.0.1'], undefined, 300);
  for (const path of ['/long', '/endless']) {
    const error = (await ask(`http://127.0.0.1:${canary.port}${path}`).catch(
      (cause: unknown) => cause,
    )) as Error;
    expect(error).toBeInstanceOf(Error);
    expect(String(error.stack) + JSON.stringify(error)).not.toContain('secret');
  }
});

test('a body is sent', async () => {
  const canary = await startCanary((request, response) => void request.pipe(response));
  const { ask } = askWith([`127.0.0.1:${canary.port}`]);
  const answer = await ask(`http://127.0.0.1:${canary.port}/`, { method: 'POST', body: 'a=b' });
  expect(await answer.text()).toBe('a=b');
});

test.each([
  ['https://id.example.org', 'id.example.org:443'],
  ['http://localhost:9000/realm', 'localhost:9000'],
  ['https://[fd00::1]/', '[fd00::1]:443'],
])('%s is listed as %s', (url, host) => {
  expect(asListed(url)).toBe(host);
});
