import type { Order } from '@homelabcmd/protocol';
import { type Arsenal, order, orderFrame, orders, say, type Ways } from './way.ts';

/** An order with this in it that is none of an order's. */
const odd = (change: (arsenal: Arsenal) => object) =>
  orders((arsenal) => ({ ...order(arsenal), ...change(arsenal) }));

const KEYS: readonly (keyof Order)[] = [
  ...([
    'order_id',
    'action_id',
    'digest',
    'kind',
    'target',
    'verb',
    'expect',
    'ttl_ms',
    'settle_ms',
  ] as const),
];
const JUNK = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  '',
  'x',
  [],
  {},
  [[]],
  { $ne: null },
  '__proto__',
  '\0',
] as [unknown, ...unknown[]];
const withPrototype = (of: object, key: string): object =>
  JSON.parse(
    `${JSON.stringify(of).slice(0, -1)},"${key}":{"verb":"stop","isAllowed":true,"target":"systemd:db.service"}}`,
  ) as object;
const deep = (depth: number): unknown => {
  let made: unknown = {};
  for (let level = 0; level < depth; level += 1) made = [made];
  return made;
};

/** By what an order holds, or does not. */
export const BODY_WAYS: Ways = {
  'as a hub would': orders((arsenal) => order(arsenal)),
  'of a unit that is allowed, again': orders((arsenal) =>
    order(arsenal, { target: 'systemd:media.service' }),
  ),
  'of automation, again': orders((arsenal) =>
    order(arsenal, { target: 'systemd:auto.service', automatic: true }),
  ),
  'of automation, with a verb for people': orders((arsenal) =>
    order(arsenal, { target: 'systemd:auto.service', automatic: true, verb: 'reset-and-restart' }),
  ),
  'automatic: false': odd(() => ({ automatic: false, target: 'systemd:db.service' })),
  'reset-and-restart': orders((arsenal) => order(arsenal, { verb: 'reset-and-restart' })),
  'another verb': odd(({ chance }) => ({
    verb: chance.pick([
      'stop',
      'start',
      'disable',
      'mask',
      'kill',
      'fence',
      'edit',
      'RESTART',
      'restart ',
      '',
    ]),
  })),
  'another kind': odd(({ chance }) => ({
    kind: chance.pick([
      'run_command',
      'shell',
      'reboot',
      'update',
      'write_file',
      'restart_service ',
      '__proto__',
      'constructor',
    ]),
  })),
  'a command with it': odd(() => ({ command: 'reboot', argv: ['sh', '-c', 'reboot'] })),
  'its own allow-list': odd(() => ({ allow: ['db.service'], target: 'systemd:db.service', allowed: true })),
  'its own limits': odd(() => ({ limits: { all_per_hour: 100_000 }, target: 'systemd:media.service' })),
  'an id of the outside': odd(({ chance }) => ({
    order_id: chance.pick([
      '../../../etc/passwd',
      '/etc/shadow',
      '.',
      '..',
      '*',
      '$(reboot)',
      'A'.repeat(36),
      '-'.repeat(36),
    ]),
  })),
  'an id in capitals': orders((arsenal) => {
    const made = order(arsenal);
    return { ...made, order_id: made.order_id.toUpperCase() };
  }),
  'one key left out': orders((arsenal) => {
    const { [arsenal.chance.pick(KEYS as [keyof Order, ...(keyof Order)[]])]: _left, ...rest } =
      order(arsenal);
    return rest;
  }),
  'one value for another': odd(({ chance }) => ({
    [chance.pick(KEYS as [keyof Order, ...(keyof Order)[]])]: chance.pick(JUNK),
  })),
  'prototype keys': say((arsenal) => [
    orderFrame(
      withPrototype(
        order(arsenal),
        arsenal.chance.pick(['__proto__', 'constructor', 'prototype', 'toString']),
      ),
    ),
  ]),
  'prototype keys of the frame': say((arsenal) => [withPrototype(orderFrame(order(arsenal)), '__proto__')]),
  'an order in an order': odd((arsenal) => ({ order: order(arsenal, { target: 'systemd:db.service' }) })),
  'many orders for one': say((arsenal) => [
    { v: 2, type: 'order', order: [order(arsenal), order(arsenal, { target: 'systemd:db.service' })] },
  ]),
  depth: odd(({ chance }) => ({ expect: deep(1 + chance.below(400)) })),
  'a time that is over': odd(({ chance }) => ({ ttl_ms: chance.pick([0, -1, -60_000, 1]) })),
  'a time without end': odd(({ chance }) => ({
    ttl_ms: chance.pick([Number.MAX_SAFE_INTEGER, 1e21, 2 ** 31]),
    target: 'systemd:db.service',
  })),
  'a settle time without end': odd(({ chance }) => ({
    settle_ms: chance.pick([600_001, 2 ** 31 - 1, Number.MAX_SAFE_INTEGER]),
    target: 'systemd:web.service',
  })),
  'a date of before': odd(({ chance }) => ({
    at: chance.pick(['1970-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z']),
    expires_at: '1970-01-01T00:00:00.000Z',
  })),
  'another boot expected': orders((arsenal) =>
    order(arsenal, { expect: { state_class: 'running', boot_id: 'another', invocation_id: 'another' } }),
  ),
  'a crash loop expected': orders((arsenal) =>
    order(arsenal, { expect: { state_class: 'crash_loop', boot_id: 'another', invocation_id: '' } }),
  ),
  'a probe to elsewhere': orders((arsenal) =>
    order(arsenal, { probe: probeTo(arsenal), target: 'systemd:db.service' }),
  ),
  'a seal of nobody': odd(() => ({ approval_seal: {} })),
  'an audit that cannot be': say((arsenal) => [
    { ...orderFrame(order(arsenal)), audit: { entry: -1, hash: '../../etc', at: 'never' } },
  ]),
};

/** An address that is neither this server nor listed there. */
export const probeTo = ({ chance }: Arsenal) => ({
  ...{ kind: 'tcp' as const, host: chance.pick(['192.0.2.7', '198.51.100.1', '203.0.113.9']), port: 22 },
  ...{ interval_ms: 1000, timeout_ms: 100, failures_before_down: 1 },
});
