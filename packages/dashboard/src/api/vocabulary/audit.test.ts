import { expect, test } from 'vitest';
import { anEntry } from '../../testing/audit.ts';
import { auditWords, subjectOf, whoWords } from './audit.ts';

const OF_ACTION = { verb: 'restart', service_name: 'plex' };

test.each([
  ['action.requested', OF_ACTION, 'Asked for the restart of plex', null],
  [
    'action.approved',
    { ...OF_ACTION, self_approved: true },
    'Approved the restart of plex',
    'their own request',
  ],
  ['action.rejected', { ...OF_ACTION, reason: 'not now' }, 'Rejected the restart of plex', '“not now”'],
  ['action.completed', { ...OF_ACTION, verb: 'reset-and-restart' }, 'Restarted plex', null],
  ['action.failed', { ...OF_ACTION, note: 'exit code 1' }, 'Failed at the restart of plex', 'exit code 1'],
  ['action.failed', {}, 'Failed at the action of a service', null],
  ['key.revoked', { name: 'bot' }, 'Revoked the key bot', null],
  ['key.revoked', {}, 'Revoked a key', null],
  ['freeze.changed', { freeze: { on: true, reason: 'moving' } }, 'Froze the fleet', '“moving”'],
  ['freeze.changed', { freeze: { on: false, reason: null } }, 'Lifted the freeze', null],
  [
    'policy.noted',
    { policy: { name: 'calm', noted: { note: 'It stopped' } } },
    'Noted of the policy calm',
    'It stopped',
  ],
  ['automation.changed', { automation: { halted: { because: 'a storm' } } }, 'Halted automation', 'a storm'],
  ['automation.changed', { automation: { halted: null } }, 'Let automation go on', null],
  ['maintenance.begun', { until: null, reason: 'new disk' }, 'Began maintenance', '“new disk”'],
])('%s is told in words: %o', (verb, detail, what, more) => {
  expect(auditWords({ verb, detail })).toEqual({ what, more });
});

test.each(['person.invited', '__proto__', 'constructor', 'toString'])(
  'a verb that this version does not know is shown as it is: %s',
  (verb) => {
    expect(auditWords({ verb, detail: {} })).toEqual({ what: verb, more: null });
  },
);

test.each([[{ reason: 7 }], [{ freeze: 'on' }], [{ policy: null }], [{ verb: {}, service_name: [] }]])(
  'whatever an edited entry holds, it has words: %o',
  (detail) => {
    for (const verb of ['action.rejected', 'freeze.changed', 'policy.noted', 'key.created'])
      expect(auditWords({ verb, detail }).what).toMatch(/^[A-Z]/);
  },
);

test('who did it and on what is told in words', () => {
  expect(whoWords('agent:nas-01')).toBe('agent nas-01');
  expect(whoWords('policy:nightly')).toBe('policy nightly');
  expect(whoWords('kim')).toBe('kim');
  expect(subjectOf(anEntry({ server_id: null }))).toBe('the hub');
  expect(subjectOf(anEntry({ detail: {} }))).toBe('media-01');
  expect(subjectOf(anEntry({ detail: OF_ACTION }))).toBe('plex on media-01');
});
