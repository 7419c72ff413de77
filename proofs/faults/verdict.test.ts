import type { Action } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { type RoundFacts, violationsOf } from './verdict.ts';

const RUN = 'a'.repeat(32);

const SENT: Action['status'][] = ['approved', 'dispatched'];
/** What lies between the request and a status. */
const WAYS: Partial<Record<Action['status'], string[]>> = {
  expired: ['approved'],
  refused: SENT,
  unknown: SENT,
  completed: [...SENT, 'executing', 'systemctl_done', 'verifying'],
  failed: [...SENT, 'executing'],
};

function facts(status: Action['status'], more: Partial<RoundFacts> = {}, result: object = {}): RoundFacts {
  const whole = { outcome: status, code: null, exit_code: 0, after: { invocation_id: RUN }, ...result };
  const approved = { approved_at: '2026-11-22T21:44:00.000Z', approved_by: 'admin' };
  const steps = ['pending', ...(WAYS[status] ?? []), status].map((step) => ({ step }));
  const action = { status, steps, result: whole, finished_at: '2026-11-22T21:44:01.000Z', ...approved };
  return {
    told: { requested: true, approved: true },
    action: action as unknown as Action,
    runs: [RUN],
    service: { active: 'active', invocationId: RUN },
    wasRebooted: false,
    deliveries: 3,
    ...more,
  };
}

test('one run that is up, and told as that, breaks no rule', () => {
  expect(violationsOf(facts('completed'))).toEqual([]);
});

test('a refusal with its reason, and no run, breaks no rule', () => {
  expect(violationsOf(facts('refused', { runs: [] }, { code: 'never_started' }))).toEqual([]);
});

test('after a loss of power the outcome may be unknown, with a run or without', () => {
  for (const runs of [[], [RUN]])
    expect(violationsOf(facts('unknown', { runs, wasRebooted: true }))).toEqual([]);
});

const completed = () => facts('completed');
test.each<[string, RoundFacts, RegExp]>([
  ['a second run', facts('completed', { runs: ['b', RUN] }), /started 2 times/],
  ['no run', facts('completed', { runs: [] }), /started 0 times/],
  ['a run of what was refused', facts('refused', {}, { code: 'never_started' }), /started 1 times/],
  ['a run of what expired', facts('expired'), /started 1 times/],
  ['two runs of what is unknown', facts('unknown', { runs: ['b', RUN], wasRebooted: true }), /2 times/],
  ['unknown without a reboot', facts('unknown'), /never restarted/],
  [
    'unknown by the hub alone',
    facts('unknown', { wasRebooted: true }, { outcome: 'failed' }),
    /never said so/,
  ],
  ['an order that got stuck', facts('executing'), /still executing/],
  ['a request that got stuck', facts('pending', { runs: [] }), /still pending/],
  ['a refusal without a reason', facts('refused', { runs: [] }), /without a reason/],
  ['a failure of what starts well', facts('failed', {}, { code: 'flapped' }), /failed \(flapped\)/],
  ['a cancellation by nobody', facts('cancelled', { runs: [] }), /nobody did that/],
  ['an order that came once', facts('completed', { deliveries: 1 }), /delivered once only/],
  ['success with an exit code', facts('completed', {}, { exit_code: 1 }), /exit code 1/],
  [
    'success of a service that is down',
    { ...completed(), service: { active: 'failed', invocationId: RUN } },
    /is failed/,
  ],
  [
    'success of another run',
    { ...completed(), service: { active: 'active', invocationId: 'c' } },
    /runs c instead/,
  ],
  [
    'success that names another run',
    facts('completed', {}, { after: { invocation_id: 'd' } }),
    /invocation d/,
  ],
])('%s is found', (_what, broken, said) => {
  expect(violationsOf(broken).join('\n')).toMatch(said);
});

test('an approval that was acknowledged and is gone is found; one that nobody was told of may be', () => {
  const gone = facts('refused', { runs: [] }, { code: 'never_started' });
  const action = { ...gone.action, approved_at: null, approved_by: null };
  expect(violationsOf({ ...gone, action })).toEqual(['an approval that was acknowledged is lost']);
  expect(violationsOf({ ...gone, action, told: { requested: true, approved: false } })).toEqual([]);
});

test('an acknowledged approval may expire in its time, and not before', () => {
  const early = facts('expired', { runs: [] });
  expect(violationsOf(early)).toEqual(['an acknowledged approval expired after 1000 ms, before its time']);
  const late = { ...early.action, finished_at: '2026-11-22T21:49:00.000Z' };
  expect(violationsOf({ ...early, action: late })).toEqual([]);
});

test.each([
  [['pending', 'approved', 'dispatched', 'completed'], /does not lead to completed: pending, approved/],
  [['approved', 'dispatched', 'executing', 'completed'], /does not lead to completed/],
  [['pending', 'approved', 'dispatched', 'executing'], /does not lead to completed/],
  [['pending', 'approved', 'dispatched', 'executing', 'verifying', 'verifying', 'completed'], /a step twice/],
])('the time line %j is found', (names, said) => {
  const { action, ...rest } = completed();
  const steps = names.map((step) => ({ step }) as Action['steps'][number]);
  expect(violationsOf({ ...rest, action: { ...action, steps } }).join()).toMatch(said);
});
