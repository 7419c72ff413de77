/** Files whose rules are scored together, by the tests that are there for them. */
export interface Group {
  readonly name: string;
  /** From the root of the checkout. */
  readonly files: readonly string[];
  /** The tests that have to see every change of these files; names and patterns. */
  readonly tests: readonly string[];
}

const ACTIONS = 'packages/hub/src/actions';
const POLICIES = 'packages/hub/src/policies';
const ON_SERVER = 'packages/agent/src/actions';

/**
 * Every rule about what may happen to an action, on both sides. A file is in one group; a group names no more tests than it
 * needs, since each change is tried with all of them that reach it.
 */
export const GROUPS: readonly Group[] = [
  {
    name: 'states',
    files: ['packages/protocol/src/actions/status.ts', `${ACTIONS}/transition.ts`],
    tests: ['transition', 'steps'].map((file) => `${ACTIONS}/${file}.test.ts`),
  },
  {
    name: 'decisions',
    files: [`${ACTIONS}/decide.ts`, `${ACTIONS}/request.ts`],
    tests: ['decisions', 'request'].map((file) => `${ACTIONS}/${file}.test.ts`),
  },
  {
    name: 'outcomes',
    files: [`${ACTIONS}/outcome.ts`],
    tests: [`${ACTIONS}/results.test.ts`],
  },
  {
    name: 'approvers',
    files: ['approver', 'two-people', 'lifts', 'change', 'rows'].map((file) => `${POLICIES}/${file}.ts`),
    tests: ['approver', 'batches', 'lifts', 'change'].map((file) => `${POLICIES}/${file}.test.ts`),
  },
  {
    name: 'dispatch',
    files: [`${ACTIONS}/dispatch.ts`],
    tests: [`${ACTIONS}/what-is-sent.test.ts`],
  },
  {
    name: 'deadlines',
    files: [`${ACTIONS}/deadlines/deadlines.ts`, `${ACTIONS}/deadlines/clock-set-back.ts`],
    tests: ['sweep', 'next-look'].map((file) => `${ACTIONS}/deadlines/${file}.test.ts`),
  },
  {
    name: 'which-policy-holds',
    files: [`${POLICIES}/effective.ts`, `${POLICIES}/remediation/incident.ts`],
    tests: [`${POLICIES}/effective.test.ts`, `${POLICIES}/remediation/incident.test.ts`],
  },
  {
    name: 'holds',
    files: ['hold', 'storm', 'limits'].map((file) => `${POLICIES}/${file}.ts`),
    tests: ['hold', 'storm', 'remediation/incident'].map((file) => `${POLICIES}/${file}.test.ts`),
  },
  {
    name: 'remediation',
    files: [`${POLICIES}/remediation/remediation.ts`, `${POLICIES}/remediation/store.ts`],
    tests: ['tries', 'looks', 'incident'].map((file) => `${POLICIES}/remediation/${file}.test.ts`),
  },
  {
    name: 'freeze',
    files: ['packages/hub/src/freeze/freeze.ts', 'packages/hub/src/freeze/watch.ts'],
    tests: ['packages/hub/src/freeze/told.test.ts'],
  },
  {
    name: 'guards-of-the-agent',
    files: [
      ...['guards/rate', 'guards/systemd-at-it', 'precondition', 'verify', 'prove', 'kinds/restart-service'],
    ].map((file) => `${ON_SERVER}/${file}.ts`),
    tests: ['guards/*', 'precondition', 'verify', 'prove'].map((file) => `${ON_SERVER}/${file}.test.ts`),
  },
  {
    name: 'orders-on-the-agent',
    files: ['admit', 'age', 'refused', 'executor/claims'].map((file) => `${ON_SERVER}/${file}.ts`),
    tests: ['runner', 'runner-admission', 'executor/claims'].map((file) => `${ON_SERVER}/${file}.test.ts`),
  },
];

/** Which group a run of the tool is about; the tool starts processes of its own, to which nothing else can be handed. */
export const GROUP_VARIABLE = 'HOMELABCMD_SCORE_GROUP';

/** The group that a process of the tool is to work on: all as one when none is named. */
export function groupIn(environment: NodeJS.ProcessEnv): Group {
  const name = environment[GROUP_VARIABLE];
  if (name === undefined)
    return {
      name: 'all',
      files: GROUPS.flatMap((one) => one.files),
      tests: GROUPS.flatMap((one) => one.tests),
    };
  const group = GROUPS.find((one) => one.name === name);
  if (group === undefined) throw new Error(`${GROUP_VARIABLE} names no group: «${name}».`);
  return group;
}

/** Where the tool leaves what it found out about a group, from the root of the checkout. */
export const findingsOf = ({ name }: Group): string => `dist/score/${name}.json`;

/** Where it keeps its copies of the checkout meanwhile. */
export const copiesOf = ({ name }: Group): string => `dist/score/copies-of-${name}`;
