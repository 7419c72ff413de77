import type { Mutant } from '../mutant.ts';

const HOLD = 'packages/hub/src/policies/hold.ts';
const EFFECTIVE = 'packages/hub/src/policies/effective.ts';
const ofPolicies = (test: string) => ({ file: 'packages/hub/src/policies/policies.test.ts', test });
const ofGuards = (test: string) => ({ file: 'packages/hub/src/policies/guards.test.ts', test });
const ofEffective = (test: string) => ({ file: 'packages/hub/src/policies/effective.test.ts', test });

/** Policies and guards that let automation do more than it may. */
export const AUTOMATION_MUTANTS: readonly Mutant[] = [
  {
    name: 'automation does not keep its distance between two restarts',
    file: HOLD,
    from: 'if ((await ran(LIMITS.spacingMs, target)) > 0)',
    to: 'if ((await ran(LIMITS.spacingMs, target)) > 9)',
    caughtBy: {
      file: 'packages/hub/src/policies/guards.property.test.ts',
      test: 'automation stays below its rates in every window, whatever is asked and however the clock goes',
    },
  },
  {
    name: 'the second automatic restart of the fleet does not wait for the first',
    file: HOLD,
    from: '  if (!wentWell)\n',
    to: "  if (now === '' && !wentWell)\n",
    caughtBy: ofGuards(
      'in a large fleet too the first goes alone; when it went well, a tenth of the servers at once',
    ),
  },
  {
    name: 'a policy goes on after an automatic action has failed',
    file: 'packages/hub/src/policies/approver.ts',
    from: "const wentWrong = event.type === 'action.failed' || event.type === 'action.unknown';",
    to: "const wentWrong = event.type === 'action.unknown';",
    caughtBy: ofPolicies('an automatic action that fails pauses its policy until a person resumes it'),
  },
  {
    name: 'a policy approves what was asked for before it was made',
    file: 'packages/hub/src/policies/approver.ts',
    from: 'one.changed_at <= action.created_at;',
    to: "one.changed_at !== '';",
    caughtBy: ofPolicies(
      'a policy that comes late to a request, after a crash, approves nothing that is older than itself',
    ),
  },
  {
    name: 'a policy acts after its end',
    file: EFFECTIVE,
    from: 'policy.expires_at !== null && Date.parse(policy.expires_at) <= nowMs;',
    to: 'policy.expires_at !== null && nowMs < 0;',
    caughtBy: ofEffective('the narrowest policy that has not ended wins, whatever others there are'),
  },
  {
    name: 'a policy in shadow acts',
    file: EFFECTIVE,
    from: 'const real = scene.policies.filter((policy) => !policy.shadow);',
    to: 'const real = scene.policies;',
    caughtBy: ofEffective('a policy in shadow changes nothing of what holds'),
  },
  {
    name: 'who takes a rule of two people away is free of it',
    file: 'packages/hub/src/policies/two-people.ts',
    from: '  if (here.some(({ lifted_by }) => lifted_by === person)) {',
    to: "  if (here.some(({ lifted_by }) => lifted_by === '')) {",
    caughtBy: {
      file: 'packages/hub/src/policies/two-people.test.ts',
      test: 'two people together do: one takes the rule away, the other approves',
    },
  },
  {
    name: 'automation goes on while many servers turn unhealthy at once',
    file: 'packages/hub/src/policies/storm.ts',
    from: 'sick >= LIMITS.sickServers || (sick >= LIMITS.leastSickServers && sick > LIMITS.sickShare * all);',
    to: 'sick > 1000 && all > 0;',
    caughtBy: ofGuards(
      'while many servers turn unhealthy at once automation holds still and says so; afterwards it says that it goes on',
    ),
  },
  {
    name: 'remediation never gives up',
    file: 'packages/hub/src/policies/remediation/incident.ts',
    from: 'if (incident.tries >= REMEDIATION.tries)',
    to: 'if (incident.tries >= 1000)',
    caughtBy: {
      file: 'packages/hub/src/policies/remediation/incident.test.ts',
      test: 'whatever happens, there are never more than three tries without an hour of health between them',
    },
  },
  {
    name: 'automation carries out an order while systemd itself is at it',
    file: 'packages/agent/src/actions/guards/systemd-at-it.ts',
    from: '  if (isAutoRestarting(unit) || unit.jobQueued || IN_MOTION.includes(unit.activeState) || isLooping)',
    to: '  if (isLooping && now < 0)',
    caughtBy: {
      file: 'packages/agent/src/actions/runner-limits.test.ts',
      test: 'an automatic order keeps out of systemd’s way: a job is queued',
    },
  },
];
