import { type Arsenal, order, say, type Way, type Ways } from './way.ts';
import { probeTo } from './bodies.ts';

/** A frame of this type, which no agent knows, with all that it may take for an order. */
const unknown = (type: string, more: object = {}): Way =>
  say((arsenal) => [{ v: 2, type, ...more, order: order(arsenal, { target: 'systemd:db.service' }) }]);
const frame = (make: (arsenal: Arsenal) => object): Way => say((arsenal) => [{ v: 2, ...make(arsenal) }]);
const expected = (units: (arsenal: Arsenal) => readonly object[]): Way =>
  frame((arsenal) => ({ type: 'expected', expected: units(arsenal) }));

/** Frames that are no order, rightly sealed: what else could a hub ask for? */
export const FRAME_WAYS: Ways = {
  'other limits': unknown('limits', { limits: { all_per_hour: 100_000, automatic_spacing_s: 0 } }),
  'another list': unknown('allow', { units: ['db.service'], path: '/etc/homelabcmd/restart-allowed' }),
  'other settings': unknown('config', { HOMELABCMD_ALLOW_FILE: '/tmp/list', HOMELABCMD_MONITOR_ONLY: 'off' }),
  'a command': unknown('exec', { argv: ['/bin/sh', '-c', 'reboot'], shell: true }),
  'a file to read': unknown('read', { path: '/etc/canary/of-a-file' }),
  'a file to write': unknown('write', { path: '/etc/homelabcmd/limits', content: 'all_per_hour = 1000\n' }),
  'a journal to read': unknown('journal', { unit: 'secret.service', lines: 1000 }),
  'another program': unknown('upgrade', { url: 'https://192.0.2.7/agent.mjs', version: '99.0.0' }),
  'another hub': unknown('redirect', { hub_url: 'wss://192.0.2.7/' }),
  approvers: unknown('approvers', { keys: ['anybody'] }),
  'prototype types': frame(({ chance }) => ({
    type: chance.pick(['__proto__', 'constructor', 'hasOwnProperty', 'then']),
  })),
  'a type that is none': frame(({ chance }) => ({
    type: chance.pick([null, 1, [], {}, '', 'ORDER', 'order ']),
  })),
  "the agent's own frames": frame((arsenal) => ({
    type: arsenal.chance.pick([
      'facts',
      'metrics',
      'services',
      'order_result',
      'heads',
      'new_key',
      'hello',
      'proof',
    ]),
    order_id: arsenal.nextId(),
  })),
  'another version': say((arsenal) => [
    { v: arsenal.chance.pick([1, 3, 99, 0, -1, '2']), type: 'order', order: order(arsenal) },
  ]),
  'no version': say((arsenal) => [{ type: 'order', order: order(arsenal) }]),
  'expecting what is not there': expected(({ chance }) => [
    { unit: `${'x'.repeat(chance.below(240))}.service`, probe: null },
  ]),
  'expecting by a pattern': expected(({ chance }) => [
    {
      unit: chance.pick(['*', '../../etc/shadow', '--all', '/etc/canary/of-a-file', 'secret.service\n', '']),
      probe: null,
    },
  ]),
  'expecting ten hundred units': expected(() =>
    Array.from({ length: 1000 }, (_, index) => ({ unit: `db-${index}.service`, probe: null })),
  ),
  'a probe of elsewhere': expected((arsenal) => [{ unit: 'db.service', probe: probeTo(arsenal) }]),
  'a probe of a file': expected(() => [
    { unit: 'db.service', probe: { ...HTTP, url: 'file:///etc/canary/of-a-file' } },
  ]),
  'a probe with a name': expected(() => [
    { unit: 'db.service', probe: { ...HTTP, url: 'http://a:b@192.0.2.7/' } },
  ]),
  'a question about no order': frame(({ chance }) => ({
    type: 'query',
    order_ids: [chance.pick(['../../etc/passwd', '', '*', 'x'.repeat(36), '/'])],
  })),
  'a question about one of before': frame((arsenal) => ({
    type: 'query',
    order_ids: [arsenal.said[arsenal.chance.below(arsenal.said.length)]?.order_id].filter(
      (id) => id !== undefined,
    ),
  })),
  'too many heads': frame(({ chance }) => ({
    type: 'query_heads',
    query_id: 1e9,
    limit: chance.pick([0, -1, 1e9, 1.5]),
  })),
  'an acknowledgement of nothing': frame((arsenal) => ({ type: 'result_ack', order_id: arsenal.nextId() })),
  'a key that is not its own': frame(({ otherKey }) => ({
    type: 'key_taken',
    public_key: otherKey.publicKey,
  })),
  'a new key asked for': frame(() => ({ type: 'renew_key' })),
  'a long frame': frame(({ chance }) => ({
    type: 'order',
    order: 'x'.repeat(200_000 + chance.below(200_000)),
  })),
  depth: frame(({ chance }) => ({ type: 'order', order: nested(1 + chance.below(2000)) })),
};

const HTTP = {
  ...{ kind: 'http', expect_status: null, expect_body: null },
  ...{ interval_ms: 1000, timeout_ms: 100, failures_before_down: 1 },
};
const nested = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);
