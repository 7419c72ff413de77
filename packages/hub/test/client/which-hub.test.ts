import { X509Certificate } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { API_KEY, disposableFolder, startTestHub } from '../hub-fixture.ts';
import { databaseSetting } from '../store-access.ts';
import { homelabcmd } from '../command-fixture.ts';
import { ran } from './command-process.ts';

const SLOW = { timeout: 120_000 };

function fileWith(text: string, mode = 0o600): string {
  const folder = disposableFolder();
  onTestFinished(() => folder[Symbol.dispose]());
  const file = join(folder.path, 'key');
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

test('the key comes from a file that its owner alone may read, and from no other', SLOW, async () => {
  await using hub = await startTestHub();
  const status = (file: string) => homelabcmd(['status', '--hub', hub.url, '--key-file', file]);
  expect((await status(fileWith(`${API_KEY}\n`))).code).toBe(0);
  for (const mode of [0o640, 0o604, 0o620, 0o666]) {
    const file = fileWith(API_KEY, mode);
    const { code, err } = await status(file);
    expect([code, err]).toEqual([1, expect.stringContaining(`Type: chmod 600 ${file}`)]);
  }
  expect((await status('/nowhere/key')).err).toContain('/nowhere/key cannot be read (ENOENT).');
  expect((await status(fileWith('\n'))).err).toContain('is empty');
  expect((await status(fileWith(`${API_KEY}\nand more`))).err).toContain('which is one line');
  // As an editor of another system may write it: what is refused is not shown.
  const wide = await status(fileWith(Buffer.from(API_KEY, 'utf16le').toString('latin1')));
  expect([wide.code, wide.err]).toEqual([1, expect.stringContaining('which is one line')]);
  const wrong = await status(fileWith('x'.repeat(40)));
  expect([wrong.code, wrong.err]).toEqual([3, expect.stringContaining('(unauthenticated)')]);
});

test('a key is a text, and need not be of plain letters', SLOW, async () => {
  const apiKey = 'ein Schlüssel, so lang wie 🗝️🗝️🗝️ und länger als nötig';
  await using hub = await startTestHub({ apiKey });
  const words = ['status', '--hub', hub.url];
  expect((await homelabcmd([...words, '--key-file', fileWith(`${apiKey}\n`)])).code).toBe(0);
  expect((await homelabcmd(words, { HOMELABCMD_API_KEY: apiKey })).code).toBe(0);
  const { code, err } = await homelabcmd(words, { HOMELABCMD_API_KEY: 'a\nb' });
  expect([code, err]).toEqual([1, expect.stringContaining('holds what no key holds')]);
});

test('a file of somebody else, who could change it, is not taken', SLOW, async (context) => {
  if (process.getuid?.() !== 0) context.skip('only root can give files away');
  const file = fileWith(API_KEY);
  chownSync(file, 65_534, 65_534);
  const { code, err } = await homelabcmd(['status', '--hub', 'http://127.0.0.1:1', '--key-file', file]);
  expect([code, err]).toEqual([1, expect.stringContaining('belongs to somebody else')]);
});

test(
  'client.conf names the hub and the key, below the environment and below what is typed',
  SLOW,
  async () => {
    await using hub = await startTestHub();
    using home = disposableFolder();
    const folder = join(home.path, '.config/homelabcmd');
    mkdirSync(folder, { recursive: true });
    const write = (text: string, mode = 0o600) => {
      writeFileSync(join(folder, 'client.conf'), text);
      chmodSync(join(folder, 'client.conf'), mode);
    };
    const status = (words: string[] = [], environment = {}) =>
      homelabcmd(['status', ...words], { HOME: home.path, ...environment });
    write(`HOMELABCMD_HUB_URL=${hub.url}\nHOMELABCMD_API_KEY=${API_KEY}\n`);
    expect((await status()).code).toBe(0);
    expect((await status([], { HOMELABCMD_HUB_URL: 'http://127.0.0.1:1' })).code).toBe(4);
    expect((await status(['--hub', hub.url], { HOMELABCMD_HUB_URL: 'http://127.0.0.1:1' })).code).toBe(0);
    write(`HOMELABCMD_HUB_URL=${hub.url}\nHOMELABCMD_KEY_FILE=${fileWith(API_KEY)}\n`);
    expect((await status()).code).toBe(0);
    write(`HOMELABCMD_HUB_URL=${hub.url}\n`);
    expect((await status()).err).toContain('The hub asks for an API key.');
    write(`HOMELABCMD_HUB=${hub.url}\n`);
    expect((await status()).err).toContain('HOMELABCMD_HUB is no setting of');
    write('', 0o644);
    expect((await status()).err).toContain('chmod 600');
  },
);

test("without a name it is the hub of this machine, by the hub's own settings", SLOW, async () => {
  await using hub = await startTestHub();
  const settings = {
    ...{
      HOMELABCMD_DATA_DIR: hub.dataDir,
      HOMELABCMD_PORT: new URL(hub.url).port,
      HOMELABCMD_API_KEY: API_KEY,
    },
    ...databaseSetting(hub.dataDir),
  };
  expect((await ran(['status'], settings)).code).toBe(0);
  // Where a person asks another hub as a rule, what keeps this one still works.
  const both = { ...settings, HOMELABCMD_HUB_URL: 'http://127.0.0.1:1' };
  expect((await ran(['audit', 'head'], both)).code).toBe(0);
  expect((await ran(['status'], both)).code).toBe(4);
  expect((await ran(['status', '--data-dir', hub.dataDir], both)).code).toBe(0);
});

test(
  'a hub with its own authority is believed by that alone: as a file, or by its fingerprint',
  SLOW,
  async () => {
    await using hub = await startTestHub({ host: '0.0.0.0' });
    const url = `https://127.0.0.1:${new URL(hub.hub.localUrl).port}`;
    const status = (...words: string[]) =>
      ran(['status', '--hub', url, ...words], { HOMELABCMD_API_KEY: API_KEY });
    const unknown = await status();
    expect([unknown.code, unknown.err]).toEqual([4, expect.stringContaining('Name it with --authority')]);
    const pem = hub.hub.authority ?? '';
    const fingerprint = new X509Certificate(pem).fingerprint256;
    for (const authority of [
      fileWith(pem, 0o644),
      fingerprint,
      fingerprint.replaceAll(':', '').toLowerCase(),
    ])
      expect((await status('--authority', authority)).code).toBe(0);
    const wrong = await status(
      '--authority',
      fingerprint.replace(/^../, (two) => (two === '00' ? '11' : '00')),
    );
    expect([wrong.code, wrong.err]).toEqual([4, expect.stringContaining('It was told nothing.')]);
    await using other = await startTestHub({ host: '0.0.0.0' });
    const another = await status('--authority', fileWith(other.hub.authority ?? '', 0o644));
    expect([another.code, another.err]).toEqual([4, expect.stringContaining('is not believed')]);
    expect((await status('--authority', '/nowhere.pem')).err).toContain('cannot be read (ENOENT)');
    expect((await status('--authority', fileWith('no certificate'))).err).toContain('holds no certificate');
    expect(
      (
        await ran(['status', '--hub', url.replace('127.0.0.1', '127.0.0.2'), '--authority', fingerprint], {
          HOMELABCMD_API_KEY: API_KEY,
        })
      ).err,
    ).toContain('is for other names');
  },
);

test('what is no hub is told so, and a key goes to no address but the one that was named', SLOW, async () => {
  const seen: IncomingHttpHeaders[] = [];
  const elsewhere = createServer((request, response) => {
    seen.push(request.headers);
    response.end('hello');
  }).listen(0, '127.0.0.1');
  const leading = createServer((request, response) => {
    const { port } = elsewhere.address() as AddressInfo;
    response.writeHead(302, { location: `http://127.0.0.1:${port}${request.url}` }).end();
  }).listen(0, '127.0.0.1');
  for (const server of [elsewhere, leading]) await expect.poll(() => server.listening).toBe(true);
  onTestFinished(() => void [elsewhere, leading].map((server) => server.close()));
  const status = (port: number) =>
    ran(['status', '--hub', `http://127.0.0.1:${port}/`], { HOMELABCMD_API_KEY: API_KEY });
  const led = await status((leading.address() as AddressInfo).port);
  expect([led.code, led.err, seen]).toEqual([4, expect.stringContaining("Name the hub's own address."), []]);
  const odd = await status((elsewhere.address() as AddressInfo).port);
  expect([odd.code, odd.err]).toEqual([4, expect.stringContaining('is no hub of HomelabCmd')]);
  const words = ['tail', '--hub', `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`];
  const silent = await ran(words, { HOMELABCMD_API_KEY: API_KEY });
  expect([silent.code, silent.err]).toEqual([4, expect.stringContaining('is no hub of HomelabCmd')]);
  const { port } = leading.address() as AddressInfo;
  await new Promise((resolve) => leading.close(resolve));
  const nobody = await status(port);
  expect([nobody.code, nobody.err]).toEqual([
    4,
    expect.stringContaining(`does not answer at http://127.0.0.1:${port} (ECONNREFUSED)`),
  ]);
});

test.each([
  ['http://hub.example.org', /could be read on its way/],
  ['ftp://hub.example.org', /is no address of a hub/],
  ['hub.example.org:8080', /is no address of a hub/],
  ['https://anna:secret@hub.example.org', /holds no key/],
  ['https://hub.example.org/?key=secret', /holds no key/],
])('%s is not asked', SLOW, async (url, sentence) => {
  const { code, err } = await homelabcmd(['status', '--hub', url], { HOMELABCMD_API_KEY: API_KEY });
  expect([code, err]).toEqual([2, expect.stringMatching(sentence)]);
});

test('docs/command.md names every exit code and every setting of those that ask a hub', () => {
  const document = readFileSync(join(import.meta.dirname, '../../../../docs/command.md'), 'utf8');
  for (const name of ['HOMELABCMD_HUB_URL', 'HOMELABCMD_KEY_FILE', 'HOMELABCMD_HUB_AUTHORITY', 'client.conf'])
    expect(document).toContain(name);
  for (const code of [0, 1, 2, 3, 4, 5, 6]) expect(document).toMatch(new RegExp(`^\\| ${code} \\|`, 'm'));
});
