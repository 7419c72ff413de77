import type { Mutant } from '../mutant.ts';

const VERIFY = 'packages/protocol/src/approval/verify.ts';
const ofVerify = (test: string) => ({ file: 'packages/protocol/src/approval/verify.test.ts', test });
const ofRunner = (test: string) => ({ file: 'packages/agent/src/actions/runner-sealed.test.ts', test });
const ofHub = (test: string) => ({ file: 'packages/hub/src/actions/sealed/sealed.test.ts', test });

/** Sealed servers that take a yes for one that it is not. */
export const SEALED_MUTANTS: readonly Mutant[] = [
  {
    name: 'a passkey that did not look who was there is good enough',
    file: VERIFY,
    from: 'if (!has(FLAG.verified))',
    to: 'if (!has(FLAG.verified) && !has(FLAG.present))',
    caughtBy: ofVerify('what was signed without a look at who was there does not hold'),
  },
  {
    name: 'whatever a passkey has signed approves this',
    file: VERIFY,
    from: 'if (read.data.challenge !== challenge)',
    to: "if (read.data.challenge === '')",
    caughtBy: ofRunner('an order that was signed and comes with another service does not run'),
  },
  {
    name: 'an approval is not bound to the id by which an order runs once',
    file: 'packages/protocol/src/actions/approval-statement.ts',
    from: 'order_id: order.order_id,',
    to: "order_id: '',",
    caughtBy: ofRunner('an order that was signed and comes with another id does not run'),
  },
  {
    name: 'an approval is not bound to one agent',
    file: 'packages/agent/src/actions/guards/sealed.ts',
    from: 'verifySeal(statementOf(agentKey, order, seal), seal, sealing.keys, nowMs);',
    to: "verifySeal(statementOf(agentKey && 'the-key-of-another-agent', order, seal), seal, sealing.keys, nowMs);",
    caughtBy: ofRunner('an order that was signed and comes with another agent does not run'),
  },
  {
    name: 'an order without a seal is taken for one that needs none',
    file: 'packages/agent/src/actions/guards/sealed.ts',
    from: 'if (sealing === null) return;',
    to: 'if (sealing === null || order.approval_seal === undefined) return;',
    caughtBy: ofRunner('without a seal nothing runs, and the script is not even asked'),
  },
  {
    name: 'a server whose file of approvers cannot be trusted is not sealed',
    file: 'packages/agent/src/services/rules/approvers.ts',
    from: 'if (problem !== null) return closed(problem);',
    to: 'if (problem !== null) return null;',
    caughtBy: {
      file: 'packages/agent/src/services/rules/approvers.test.ts',
      test: 'a file that others can write, that is of somebody else, or that is none, seals and takes no approval',
    },
  },
  {
    name: 'a policy approves for a sealed server',
    file: 'packages/hub/src/actions/decide.ts',
    from: "row.status === 'pending' ? await takeSeal(",
    to: "row.status === 'pending' && !actor.startsWith('policy:') ? await takeSeal(",
    caughtBy: ofHub('what approves by itself does not approve for a sealed server, whoever calls it'),
  },
  {
    name: "somebody approves with another person's passkey",
    file: 'packages/hub/src/actions/sealed/owner.ts',
    from: 'if (found !== undefined && found.owner',
    to: "if (found !== undefined && name === '' && found.owner",
    caughtBy: {
      file: 'packages/hub/test/people/passkey-approval.test.ts',
      test: 'the passkey of an account is what a sealed server takes, and each signs with their own',
    },
  },
];
