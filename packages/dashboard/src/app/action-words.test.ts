import { ACTION_KINDS, type Action, type KindContract } from '@homelabcmd/protocol';
import { expect, onTestFinished, test, vi } from 'vitest';
import { extentOf, openBadge, progressOf } from '../api/vocabulary/action.ts';
import { outcomeNotice } from '../features/actions/outcome-notice.ts';
import { headlineOf } from '../features/actions/review/headline.ts';
import { actionTold, anAction } from '../testing/things.ts';

const reload: KindContract = {
  verbs: ['reload'],
  noun: 'reload',
  imperative: 'Reload',
  present: 'reloads',
  ongoing: 'Reloading',
  past: 'reloaded',
};

/** An action of a kind that nothing here was written for. */
function aReload(over: Partial<Action> = {}): Action {
  Object.assign(ACTION_KINDS, { reload_service: reload });
  onTestFinished(() => void Reflect.deleteProperty(ACTION_KINDS, 'reload_service'));
  const kind = { action_type: 'reload_service', command: 'systemctl reload plex' };
  return Object.assign(anAction(over), kind);
}

test.each([
  ['pending', 'Reload plex on media-01?', 'Reload pending'],
  ['approved', 'Reload plex on media-01', 'Reload approved'],
  ['executing', 'Reloading plex on media-01', 'Reloading'],
  ['completed', 'Reloaded plex on media-01', null],
  ['failed', 'The reload of plex on media-01 failed', null],
  ['unknown', 'We do not know if plex reloaded', null],
] as const)('a kind of action brings its own words: %s', (status, headline, badge) => {
  const action = aReload({ status });
  expect(headlineOf(action)).toBe(headline);
  if (badge !== null) expect(openBadge(action).word).toBe(badge);
  expect(progressOf(action, 0)).not.toMatch(/restart/i);
});

test.each([
  ['action.failed', 'The reload of plex on media-01 failed'],
  ['action.refused', 'media-01 refused to reload plex'],
  ['action.unknown', 'We do not know if plex reloaded'],
] as const)('so does the notice of its end: %s', (type, title) => {
  expect(outcomeNotice(actionTold(1, type, aReload()), vi.fn())?.title).toBe(title);
});

test('so does what it reaches besides', () => {
  expect(extentOf(aReload())).toBe('Reloads nothing else.');
  const other = { unit: 'tautulli.service', relation: 'PartOf', active: true };
  expect(extentOf(aReload({ also_restarts: [other] }))).toBe('Also reloads tautulli.service.');
});
