import { expect, test } from 'vitest';
import { isLoopback, NotAllowed, permittedAddresses, refusal } from './targets.ts';

const list = (...lines: string[]) => ({
  path: '/etc/homelabcmd/probe-targets',
  lines: new Set(lines),
  problem: null,
  fixCommand: null,
});
const refusalOf = (host: string, ...lines: string[]) =>
  permittedAddresses({ host, port: 80 }, list(...lines)).then(
    () => 'permitted',
    (cause: unknown) => (cause instanceof NotAllowed ? cause.message : `not a refusal: ${String(cause)}`),
  );

test.each([
  ['127.0.0.1', true],
  ['127.255.0.9', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['::ffff:7f00:1', true],
  ['::ffff:a9fe:a9fe', false],
  ['64:ff9b::7f00:1', false],
  ['2002:7f00:1::', false],
  ['128.0.0.1', false],
  ['0.0.0.0', false],
  ['192.168.1.10', false],
  ['169.254.169.254', false],
  ['::', false],
  ['fe80::1', false],
  ['::ffff:192.168.1.10', false],
])('%s is loopback: %s', (address, isSo) => {
  expect(isLoopback(address)).toBe(isSo);
});

test('a name is judged by the addresses that it has, and those are what is connected to', async () => {
  const addresses = await permittedAddresses({ host: 'localhost', port: 80 }, list());
  expect(addresses.length).toBeGreaterThan(0);
  expect(addresses.every((address) => isLoopback(address))).toBe(true);
});

test.each([
  ['192.168.1.10', ['192.168.1.10']],
  ['192.168.1.10', ['192.168.1.10:80']],
  ['fd00::1', ['[fd00::1]:80']],
  ['fd00::1', ['fd00::1']],
])('%s is permitted where root lists %j', async (host, lines) => {
  expect(await permittedAddresses({ host, port: 80 }, list(...lines))).toEqual([host]);
});

test.each([
  ['192.168.1.10', ['192.168.1.10:8080']],
  ['192.168.1.10', ['192.168.1.1']],
  ['192.168.1.10', [' 192.168.1.10']],
  ['192.168.1.10', ['*', '192.168.1.0/24']],
])('%s is not, where root lists %j', async (host, lines) => {
  expect(await refusalOf(host, ...lines)).toBe(
    "This server allows probes of itself only. To allow this one, type there: echo '192.168.1.10:80' | sudo tee -a /etc/homelabcmd/probe-targets",
  );
});

test('no text of the hub gets into the command that root is to type', () => {
  const { host } = new URL("http://localhost';reboot;'/");
  expect(host).toContain("';reboot;'");
  expect(refusal({ host, port: 80 }, list())).not.toContain('reboot');
});

test('a list that others can write permits nothing but loopback, and says what to do', async () => {
  const untrusted = { ...list(), problem: 'It is not trusted.', fixCommand: 'sudo chmod 644 x' };
  expect(await permittedAddresses({ host: '127.0.0.1', port: 80 }, untrusted)).toEqual(['127.0.0.1']);
  await expect(permittedAddresses({ host: '10.0.0.1', port: 80 }, untrusted)).rejects.toThrow(
    'It is not trusted. On this server, type: sudo chmod 644 x',
  );
});

test.each(['169.254.169.254', '::ffff:169.254.169.254', '::ffff:a9fe:a9fe', 'fd00:ec2::254'])(
  'a name that root lists does not open the way to %s; that address itself does',
  async (address) => {
    const target = { host: 'nas.lan', port: 80 };
    const lookUp = async () => [address];
    await expect(permittedAddresses(target, list('nas.lan', 'nas.lan:80'), lookUp)).rejects.toThrow(
      NotAllowed,
    );
    expect(await permittedAddresses(target, list('nas.lan', address), lookUp)).toEqual([address]);
  },
);

test('other spellings of an address are what they mean: decimal, hexadecimal, octal, short', async () => {
  for (const host of ['3232235786', '0xc0a8010a', '0300.0250.1.10', '192.168.266'])
    expect([host, await refusalOf(host, '192.168.1.1')]).toEqual([
      host,
      expect.stringContaining('allows probes of'),
    ]);
  expect(await refusalOf('::ffff:192.168.1.10', '192.168.1.10')).toContain('allows probes of');
});
