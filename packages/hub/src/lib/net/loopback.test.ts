import { expect, test } from 'vitest';
import { isLoopback, mayBePlain } from './loopback.ts';

test.each([
  ...['localhost', 'hub.localhost', '127.0.0.1', '127.9.9.9', '::1', '[::1]', '::ffff:127.0.0.1'].map(
    (host) => [host, true] as const,
  ),
  ...['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.org', 'localhost.example.org', '::2', ''].map(
    (host) => [host, false] as const,
  ),
])('%s means this machine: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});

test('in clear comes what is from this machine or from a listed proxy, whatever form its address is written in', () => {
  const may = mayBePlain(['10.0.0.7', '192.168.4.0/24', 'fd00::/8']);
  for (const address of ['127.0.0.1', '::1', '10.0.0.7', '::ffff:10.0.0.7', '192.168.4.9', 'fd00::9'])
    expect([address, may(address)]).toEqual([address, true]);
  for (const address of ['10.0.0.8', '192.168.5.1', '::ffff:10.0.0.8', 'fe80::1', '', 'a name'])
    expect([address, may(address)]).toEqual([address, false]);
});
