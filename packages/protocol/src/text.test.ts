import { expect, test } from 'vitest';
import { OrderId, ServerId, ServiceName, Timestamp } from './text.ts';

const ok = (schema: { safeParse(value: unknown): { success: boolean } }, value: unknown) =>
  schema.safeParse(value).success;

test.each(['nas', '0', 'a-b', 'a--', 'a'.repeat(100)])('%j is the id of a server', (id) => {
  expect(ok(ServerId, id)).toBe(true);
});
test.each(['', '-a', 'Nas', 'a.b', 'a_b', 'a b', 'nas\n', 'ä', 'a'.repeat(101), 1, null])(
  '%j is no id of a server',
  (id) => {
    expect(ok(ServerId, id)).toBe(false);
  },
);

test.each(['a', ' ', 'we;rd $(x) "näme"', 'two\nlines', 'a'.repeat(255), '😀'.repeat(255)])(
  '%j is the name of a service',
  (name) => {
    expect(ServiceName.parse(name)).toBe(name);
  },
);
test.each(['', 'a'.repeat(256), '😀'.repeat(256), 'a\0', '\0', '\ud800', 'a\udc00b', 1, null])(
  '%j is no name of a service',
  (name) => {
    expect(ok(ServiceName, name)).toBe(false);
  },
);

test.each(['2026-11-22T21:44:00.000Z', '2024-02-29T23:59:59.999Z'])('%j is a time', (time) => {
  expect(ok(Timestamp, time)).toBe(true);
  expect(new Date(time).toISOString()).toBe(time);
});
test.each([
  '2026-11-22T21:44:00Z',
  '2026-11-22T21:44:00.000000Z',
  '2026-11-22T21:44:00.000+00:00',
  '2026-11-22T21:44:00.000',
  '2026-11-22 21:44:00.000Z',
  '2026-02-30T00:00:00.000Z',
  '2026-13-01T00:00:00.000Z',
  '2026-11-22',
  'now',
  0,
])('%j is no time', (time) => {
  expect(ok(Timestamp, time)).toBe(false);
});

test.each([
  ['01890a5d-ac96-774b-bcce-b302099a8057', true],
  ['01890a5d-ac96-474b-bcce-b302099a8057', false],
  ['01890a5d-ac96-774b-0cce-b302099a8057', false],
  // On a server the claim of an order is a folder of that name, in one spelling.
  ['01890A5D-AC96-774B-BCCE-B302099A8057', false],
  ['01890a5dac96774bbcceb302099a8057', false],
  ['../../../../etc/passwd', false],
  ['01890a5d-ac96-774b-bcce-b302099a8057\n', false],
])('%j as the id of an order: %s', (id, isOne) => {
  expect(ok(OrderId, id)).toBe(isOne);
});
