import { fingerprintOf, newEnrolmentToken, newKeyPair } from '@homelabcmd/protocol/link';
import { expect, test } from 'vitest';
import { ConfigError, linkUrlOf, readConfig } from './config.ts';

const HUB_KEY = newKeyPair().publicKey;
const TOKEN = newEnrolmentToken(HUB_KEY);

test('a hub address and a token are enough', () => {
  const config = readConfig({
    HOMELABCMD_HUB_URL: 'https://hub.example.org',
    HOMELABCMD_ENROLMENT_TOKEN: TOKEN.text,
  });
  expect(config).toMatchObject({
    linkUrl: 'wss://hub.example.org/agent/v1/link',
    enrolmentToken: { key: { publicKey: TOKEN.publicKey }, hubFingerprint: fingerprintOf(HUB_KEY) },
    stateDir: '/var/lib/homelabcmd',
    monitorOnly: false,
    probeTargetsFile: '/etc/homelabcmd/probe-targets',
    limitsFile: '/etc/homelabcmd/limits',
    approversFile: '/etc/homelabcmd/approvers',
    exitWithParent: false,
    dbusAddress: 'unix:path=/run/dbus/system_bus_socket',
  });
});

test.each([
  ['https://192.168.1.10:8080', 'wss://192.168.1.10:8080/agent/v1/link'],
  ['http://127.0.0.2:8080', 'ws://127.0.0.2:8080/agent/v1/link'],
  ['ws://localhost', 'ws://localhost/agent/v1/link'],
  ['wss://hub/', 'wss://hub/agent/v1/link'],
  ['https://example.org/homelab/', 'wss://example.org/homelab/agent/v1/link'],
  ['wss://hub/agent/v1/link', 'wss://hub/agent/v1/link'],
  ['ws://[::1]:8080', 'ws://[::1]:8080/agent/v1/link'],
])('%s means %s', (hubUrl, linkUrl) => {
  expect(linkUrlOf(hubUrl)).toBe(linkUrl);
});

const HUB = { HOMELABCMD_HUB_URL: 'wss://hub' };
test.each([
  [{}, 'HOMELABCMD_HUB_URL is missing: set it to the address of the hub.'],
  [{ HOMELABCMD_HUB_URL: 'hub:8080' }, 'HOMELABCMD_HUB_URL must look like'],
  [{ HOMELABCMD_HUB_URL: 'ftp://hub' }, 'HOMELABCMD_HUB_URL must look like'],
  [{ HOMELABCMD_HUB_URL: 'ws://hub' }, 'HOMELABCMD_HUB_URL must begin with https://'],
  [{ HOMELABCMD_HUB_URL: 'http://192.168.1.10:8080' }, 'what goes to 192.168.1.10 in clear can be read'],
  [{ HOMELABCMD_HUB_URL: 'http://127.0.0.1.example.org' }, 'HOMELABCMD_HUB_URL must begin with https://'],
  [{ HOMELABCMD_HUB_URL: 'ws://me:secret@hub' }, 'must not hold a name or a password'],
  [{ ...HUB, HOMELABCMD_ENROLMENT_TOKEN: 'abc' }, 'HOMELABCMD_ENROLMENT_TOKEN must be'],
  [
    { ...HUB, HOMELABCMD_ENROLMENT_TOKEN: `${TOKEN.text}x` },
    'HOMELABCMD_ENROLMENT_TOKEN must be a whole token',
  ],
  [{ ...HUB, HOMELABCMD_MONITOR_ONLY: 'yes' }, 'HOMELABCMD_MONITOR_ONLY must be on or off, not "yes".'],
  [{ ...HUB, HOMELABCMD_EXIT_WITH_PARENT: '1' }, 'HOMELABCMD_EXIT_WITH_PARENT must be on or off'],
  [{ ...HUB, HOMELABCMD_STATE_DIR: 'state' }, 'HOMELABCMD_STATE_DIR must be an absolute path'],
  [{ ...HUB, HOMELABCMD_DBUS_ADDRESS: '/run/x' }, 'HOMELABCMD_DBUS_ADDRESS must look like'],
  [{ ...HUB, HOMELABCMD_DBUS_ADDRESS: 'unixexec:path=/bin/sh' }, 'HOMELABCMD_DBUS_ADDRESS must look like'],
  [{ ...HUB, HOMELABCMD_LOG_LEVEL: 'debug' }, 'HOMELABCMD_LOG_LEVEL must be'],
])('%j is answered with one sentence', (env, sentence) => {
  expect(() => readConfig(env)).toThrow(ConfigError);
  expect(() => readConfig(env)).toThrow(sentence);
});

test('an empty value is as good as none', () => {
  const env = { ...HUB, HOMELABCMD_STATE_DIR: ' ', HOMELABCMD_ENROLMENT_TOKEN: '' };
  expect(readConfig(env)).toMatchObject({ stateDir: '/var/lib/homelabcmd', enrolmentToken: null });
});
