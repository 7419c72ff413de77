import { expect, test } from 'vitest';
import { isServicePath, pathOfUnit, unitOfPath } from './unit-path.ts';

const ROOT = '/org/freedesktop/systemd1/unit/';

test.each([
  ['demo-web.service', 'demo_2dweb_2eservice'],
  ['9p.service', '_39p_2eservice'],
  ['demo@1.service', 'demo_401_2eservice'],
  ['a_b.service', 'a_5fb_2eservice'],
  [String.raw`x\x2dy.service`, 'x_5cx2dy_2eservice'],
])('%s is at %s and back', (unit, escaped) => {
  expect(pathOfUnit(unit)).toBe(ROOT + escaped);
  expect(unitOfPath(ROOT + escaped)).toBe(unit);
  expect(isServicePath(ROOT + escaped)).toBe(true);
});

test('other objects are no units, and other units no services', () => {
  expect(unitOfPath('/org/freedesktop/systemd1/job/7')).toBeNull();
  expect(isServicePath(`${ROOT}multi_2duser_2etarget`)).toBe(false);
});
