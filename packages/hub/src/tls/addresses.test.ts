import { isIPv6 } from 'node:net';
import type os from 'node:os';
import { networkInterfaces } from 'node:os';
import { afterEach, expect, test, vi } from 'vitest';
import { addressesOf } from './addresses.ts';
import { ownNames } from './names.ts';

vi.mock('node:os', async (original) => ({
  ...(await original<typeof os>()),
  hostname: () => 'Attic.Lan',
  networkInterfaces: vi.fn<typeof networkInterfaces>(),
}));
afterEach(() => vi.mocked(networkInterfaces).mockReset());

const at = (address: string, internal = false) =>
  ({ address, internal, family: isIPv6(address) ? 'IPv6' : 'IPv4' }) as never;
const onANetwork = () =>
  vi.mocked(networkInterfaces).mockReturnValue({
    lo: [at('127.0.0.1', true), at('::1', true)],
    eth0: [at('2001:db8::7'), at('fe80::1'), at('192.168.1.10')],
  });
const PLAIN = { basePath: '', tls: null, publicUrl: null };
const GIVEN = { certificateFile: '/c', keyFile: '/k' };

test.each([
  [{ ...PLAIN, host: '127.0.0.1' }, 'http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  [{ ...PLAIN, host: '::1', basePath: '/lab' }, 'http://[::1]:8080/lab', 'http://[::1]:8080/lab'],
  [{ ...PLAIN, host: '0.0.0.0' }, 'https://192.168.1.10:8080', 'http://127.0.0.1:8080'],
  [{ ...PLAIN, host: '::' }, 'https://192.168.1.10:8080', 'http://[::1]:8080'],
  [{ ...PLAIN, host: '10.0.0.7' }, 'https://10.0.0.7:8080', 'https://10.0.0.7:8080'],
  [
    { ...PLAIN, host: '10.0.0.7', publicUrl: 'https://hub.lan' },
    'https://10.0.0.7:8080',
    'https://10.0.0.7:8080',
  ],
  [
    { ...PLAIN, host: '10.0.0.7', tls: GIVEN, publicUrl: 'https://hub.lan' },
    'https://hub.lan',
    'https://hub.lan',
  ],
  [
    { ...PLAIN, host: '0.0.0.0', tls: GIVEN, publicUrl: 'https://hub.lan' },
    'https://hub.lan',
    'http://127.0.0.1:8080',
  ],
])('%j is reached at %s, and from its own machine at %s', (config, url, localUrl) => {
  onANetwork();
  expect(addressesOf(config, 8080)).toEqual({ url, localUrl });
});

test('the certificate is for what the machine is called and listens on, and not for addresses that come and go', () => {
  onANetwork();
  expect(ownNames('0.0.0.0', 'https://hub.example.org/lab')).toEqual([
    ...['hub.example.org', 'attic.lan', 'attic.local', 'localhost', '127.0.0.1', '::1'],
    '192.168.1.10',
  ]);
  expect(ownNames('2001:db8::7', null)).toContain('2001:db8::7');
});
