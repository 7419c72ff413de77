import { expect, test } from 'vitest';
import { isWatched, isFollowedPath, pathOfUnit, unitOfPath } from './unit-path.ts';

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
  expect(isFollowedPath(ROOT + escaped)).toBe(true);
});

test('other objects are no units, and other units no services', () => {
  expect(unitOfPath('/org/freedesktop/systemd1/job/7')).toBeNull();
  expect(isFollowedPath(`${ROOT}multi_2duser_2etarget`)).toBe(false);
});

test('the restart script itself is not watched as a service; its socket and the agent have other names', () => {
  for (const unit of ['homelabcmd-restart@7-12-998.service', 'homelabcmd-restart@.service']) {
    expect(isWatched(unit)).toBe(false);
    expect(isFollowedPath(pathOfUnit(unit))).toBe(false);
  }
  expect(isWatched('homelabcmd-agent.service')).toBe(true);
  expect(isFollowedPath(pathOfUnit('homelabcmd-agent.service'))).toBe(true);
  expect(isWatched('homelabcmd-restart.socket')).toBe(false);
});
