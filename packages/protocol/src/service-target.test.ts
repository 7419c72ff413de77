import { assert, constantFrom, oneof, property, string, stringMatching } from 'fast-check';
import { expect, test } from 'vitest';
import { serviceNameOfUnit, targetOf, unitNameOf, unitOfTarget } from './service-target.ts';

test.each([
  ['plex', 'plex.service'],
  ['plex.service', 'plex.service'],
  ['plex.service.service', 'plex.service.service'],
  ['Plex', 'Plex.service'],
  ['getty@tty1', 'getty@tty1.service'],
  ['dbus-org.freedesktop.resolve1', 'dbus-org.freedesktop.resolve1.service'],
  ['systemd-fsck@dev-disk-by\\x2duuid-1', 'systemd-fsck@dev-disk-by\\x2duuid-1.service'],
  ['a:b_c.d', 'a:b_c.d.service'],
  ['x.Timer', 'x.Timer.service'],
  ['timer', 'timer.service'],
  ['service', 'service.service'],
  ['a'.repeat(247), `${'a'.repeat(247)}.service`],
  [`${'a'.repeat(247)}.service`, `${'a'.repeat(247)}.service`],
])('%j means the unit %j', (name, unit) => {
  expect(unitNameOf(name)).toBe(unit);
});

test.each([
  ['an option that exits 0 and does nothing', '--version'],
  ['an option', '-H'],
  ['a glob that restarts every match', 'web*'],
  ['a glob', 'web?'],
  ['a glob', '[a-z]'],
  ['another kind of unit', 'backup.timer'],
  ['another kind of unit', 'ssh.socket'],
  ['another kind of unit', 'multi-user.target'],
  ['another kind of unit', 'user.slice'],
  ['another kind of unit', 'home.mount'],
  ['nothing', ''],
  ['only the suffix', '.service'],
  ['a path', '/etc/systemd/system/plex.service'],
  ['two names', 'plex sonarr'],
  ['two lines', 'plex\nsonarr'],
  ['a line break at the end', 'plex\n'],
  ['shell', 'plex;reboot'],
  ['shell', '$(reboot)'],
  ['shell', '`reboot`'],
  ['a letter that is not ASCII', 'näme'],
  ['a letter that looks like another', 'рlex'],
  ['NUL', 'plex\0'],
  ['more than 255 bytes with the suffix', 'a'.repeat(248)],
  ['more than 255 bytes', `${'a'.repeat(248)}.service`],
])('no unit is called %s: %j', (_what, name) => {
  expect(unitNameOf(name)).toBeNull();
});

test('what is a unit satisfies every rule of systemd that we rely on, and stays what it is', () => {
  const unitLike = stringMatching(/^[A-Za-z0-9:_.\\@-]{0,30}$/);
  const suffixes = constantFrom('', '.service', '.timer', '.socket', '.service.d');
  const names = oneof(string({ unit: 'binary' }), unitLike);
  assert(
    property(names, suffixes, (stem, suffix) => {
      const unit = unitNameOf(stem + suffix);
      if (unit === null) return;
      expect(unit).toMatch(/^[A-Za-z0-9:_.\\@][A-Za-z0-9:_.\\@-]*\.service$/);
      expect(Buffer.byteLength(unit)).toBeLessThanOrEqual(255);
      expect(unitNameOf(unit)).toBe(unit);
      expect(unitNameOf(serviceNameOfUnit(unit))).toSatisfy((again) => again === unit || again === null);
    }),
    { numRuns: 2000 },
  );
});

test('two names share a target exactly when they mean the same unit, or are the same text', () => {
  const names = oneof(string(), stringMatching(/^[ab.;]{1,3}(\.service)?$/));
  assert(
    property(names, names, (one, other) => {
      const unit = unitNameOf(one);
      const isSame = one === other || (unit !== null && unit === unitNameOf(other));
      expect(targetOf(one) === targetOf(other)).toBe(isSame);
      expect(unitOfTarget(targetOf(one))).toBe(unit);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['systemd:plex.service', 'plex.service'],
  ['systemd:plex.timer', null],
  ['systemd:we;rd', null],
  ['container:plex', null],
  ['plex.service', null],
  ['', null],
])('the unit inside the target %j is %j', (target, unit) => {
  expect(unitOfTarget(target)).toBe(unit);
});

test.each([
  ['plex.service', 'plex'],
  ['plex.service.service', 'plex.service'],
  ['backup.timer', 'backup.timer'],
  ['.service', '.service'],
])('people call %j %j', (unit, name) => {
  expect(serviceNameOfUnit(unit)).toBe(name);
});
