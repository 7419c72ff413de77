import { ServerFacts } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { addressesOf, parseBootTime, parseOsName, readBootId, readFacts } from './facts.ts';

test('this machine can be described', () => {
  const context = {
    hostname: 'media',
    bootId: readBootId(),
    monitorOnly: true,
    systemdVersion: null,
    systemdProblem: 'There is none.',
  };
  const facts = ServerFacts.parse(readFacts(context));
  expect(facts).toMatchObject({
    monitor_only: true,
    systemd_version: null,
    systemd_problem: 'There is none.',
  });
  expect(facts.boot_id).toMatch(/^[0-9a-f-]{36}$/);
});

test.each([
  ['NAME="Debian"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n', 'Debian GNU/Linux 12 (bookworm)'],
  ["PRETTY_NAME='Void'\n", 'Void'],
  ['PRETTY_NAME=Alpine\n', 'Alpine'],
  ['', null],
])('the system of %j', (text, name) => {
  expect(parseOsName(text)).toBe(name);
});

test('the time of boot', () => {
  expect(parseBootTime('cpu 1\nbtime 1795383153\nprocesses 1\n')).toBe('2026-11-22T21:32:33.000Z');
  expect(parseBootTime('')).toBeNull();
});

test('addresses by which others reach it', () => {
  const address = (text: string, internal = false) => ({
    ...{ address: text, netmask: '', mac: '', cidr: null, internal },
    ...(text.includes(':') ? { family: 'IPv6' as const, scopeid: 0 } : { family: 'IPv4' as const }),
  });
  const interfaces = {
    lo: [address('127.0.0.1', true)],
    eth0: [address('192.168.1.5'), address('fe80::1'), address('fd00::5')],
    eth1: [address('169.254.7.7'), address('192.168.1.5')],
    gone: undefined,
  };
  expect(addressesOf(interfaces)).toEqual(['192.168.1.5', 'fd00::5']);
});
