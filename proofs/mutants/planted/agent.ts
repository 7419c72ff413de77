import type { Mutant } from '../mutant.ts';

const RUNNER = 'packages/agent/src/actions/runner.ts';
const JOURNAL = 'packages/agent/src/actions/order-journal.ts';
const EVIDENCE = 'packages/agent/src/actions/evidence.ts';
const ofRunner = (test: string) => ({ file: 'packages/agent/src/actions/runner.test.ts', test });
const ofFaults = (test: string) => ({ file: 'packages/agent/src/actions/runner-faults.test.ts', test });

const POWER = {
  file: 'proofs/powercuts/powercuts.test.ts',
  test: 'whenever the power goes nothing acknowledged is lost and nothing runs twice',
};

/** An agent that carries out orders otherwise than it must. */
export const AGENT_MUTANTS: readonly Mutant[] = [
  {
    name: 'an order that was seen before is carried out again',
    file: RUNNER,
    from: 'if (this.#answerKnown(order.order_id)) return;',
    to: '',
    caughtBy: ofRunner('however often it is delivered, before, while and after, and to the next process too'),
  },
  {
    name: 'the intent is written after the order has run',
    file: RUNNER,
    from: `    try {
      journal.writeIntent({
        ...{ order, unit, before: beforeSnapshot, audit: work.audit },
        ...{ boot_id: this.#options.bootId, uptime_ms: uptimeMs },
      });
    } catch (cause) {`,
    to: `    const late = () =>
      journal.writeIntent({
        ...{ order, unit, before: beforeSnapshot, audit: work.audit },
        ...{ boot_id: this.#options.bootId, uptime_ms: uptimeMs },
      });
    try {
      setTimeout(() => { try { late(); } catch { /* gone */ } }, 200);
    } catch (cause) {`,
    caughtBy: ofRunner(
      'the head of the audit that an order brings is on disk before it runs, and stays whatever comes of it',
    ),
  },
  {
    name: 'an intent that cannot be written does not keep the order from running',
    file: RUNNER,
    from: `      throw new Refused(
        'journal_error',
        \`The agent could not write the order down, so it did not run: \${messageOf(cause)}\`,
      );`,
    to: `      log('warn', 'not written', { problem: messageOf(cause) });`,
    caughtBy: ofFaults('an intent that cannot be written keeps the order from running'),
  },
  {
    name: 'a claim is not looked for when the journal knows nothing',
    file: RUNNER,
    from: 'if (begun !== null || executor.claim(orderId) !== null)',
    to: 'if (begun !== null)',
    caughtBy: ofFaults(
      'an order that ran is never called refused, also when the agent has lost its record of it',
    ),
  },
  {
    name: 'what a process before began is not resolved at the start',
    file: RUNNER,
    from: 'for (const intent of options.journal.openIntents()) this.#resolve(intent.order.order_id, intent);',
    to: '',
    caughtBy: ofFaults('killed between intent and socket: fenced, and refused for good'),
  },
  {
    name: 'a refusal that the journal cannot keep is not fenced',
    file: RUNNER,
    from: "(await findEvidence(orderId, this.#evidenceParts())).kind !== 'never'",
    to: 'orderId === whole.detail',
    caughtBy: ofFaults(
      'a refusal that cannot be written down is fenced before it is told: the order stays refused for good',
    ),
  },
  {
    name: 'two orders for one unit are at work at once',
    file: RUNNER,
    from: '#reserve(orderId: string, unit: string): boolean {',
    to: "#reserve(orderId: string, unit: string): boolean {\n    if (unit !== '') return true;",
    caughtBy: ofRunner('an alias rig.runs as the unit that it means, one order at a time'),
  },
  {
    name: 'a result is told once, whether it arrived or not',
    file: RUNNER,
    from: 'for (const { orderId, result } of this.#options.journal.unacknowledged()) this.#report(orderId, result);',
    to: '',
    caughtBy: ofRunner('a result is told on each connection until the hub has acknowledged it'),
  },
  {
    name: 'no claim is taken for no run, without a fence',
    file: EVIDENCE,
    from: "  if (!executor.everClaimed() && executor.problem() !== null) return { kind: 'never' };",
    to: "  if (orderId !== '') return { kind: 'never' };",
    caughtBy: ofFaults('killed between intent and socket: fenced, and refused for good'),
  },
  {
    name: 'an open claim of another boot is taken for one without a run',
    file: EVIDENCE,
    from: "        kind: 'lost',\n        detail: 'The server was restarted",
    to: "        kind: 'lost',\n        ...({ kind: 'never' } as object),\n        detail: 'The server was restarted",
    caughtBy: ofFaults('power lost while the script worked: unknown, said honestly'),
  },
  {
    name: 'the order is given to the script again when the connection breaks',
    file: 'packages/agent/src/actions/execute.ts',
    from: '  return ranOrRefused(await findEvidence(order.order_id, parts));',
    to: `  using again = parts.executor.open();
  for await (const answer of again.ask(order.verb, order.order_id, unit)) if (answer.kind === 'done') break;
  return ranOrRefused(await findEvidence(order.order_id, parts));`,
    caughtBy: ofFaults('the connection breaks after the start: the claim tells how it ended'),
  },
  {
    name: 'the exit code alone makes it completed',
    file: 'packages/agent/src/actions/judge.ts',
    from: "? kind.failureAfterCommand(state, invocationId, before?.invocation_id ?? '')",
    to: '? null',
    caughtBy: ofRunner('a start that a condition skipped is no success'),
  },
  {
    name: 'the settle time is not waited for',
    file: 'packages/agent/src/actions/judge.ts',
    from: 'const settled = atOnce === null ? await verify(state, about, parts) : { failure: atOnce, state };',
    to: 'const settled = { failure: atOnce, state };',
    caughtBy: ofRunner('it comes up and it fails while it settles: flapped, at once'),
  },
  {
    name: 'a new invocation while it settles counts as staying up',
    file: 'packages/agent/src/actions/verify.ts',
    from: 'state.invocationId === start.invocationId && state.nRestarts === start.nRestarts',
    to: "state.invocationId !== ''",
    caughtBy: {
      file: 'packages/agent/src/actions/verify.test.ts',
      test: 'while it settles: systemd started it again',
    },
  },
  {
    name: 'an old invocation counts as a new start',
    file: 'packages/agent/src/actions/kinds/restart-service.ts',
    from: "invocationId === '' || invocationId === invocationBefore",
    to: "invocationId === ''",
    caughtBy: {
      file: 'packages/agent/src/actions/verify.test.ts',
      test: 'systemctl returned 0: up with the old run',
    },
  },
  {
    name: 'a service that someone started in between is restarted',
    file: 'packages/agent/src/actions/precondition.ts',
    from: 'if (expect.state_class !== found.stateClass && !gaveUp)',
    to: "if (expect.state_class !== found.stateClass && found.stateClass === 'down' && !gaveUp)",
    caughtBy: {
      file: 'packages/agent/src/actions/precondition.test.ts',
      test: 'refused: someone started it',
    },
  },
  {
    name: 'an approval outlives a boot of the server',
    file: 'packages/agent/src/actions/precondition.ts',
    from: 'if (expect.boot_id !== found.bootId)',
    to: "if (found.bootId === '')",
    caughtBy: ofRunner('refused: the server was booted anew'),
  },
  {
    name: "the server's own list is not asked",
    file: 'packages/agent/src/actions/admit.ts',
    from: 'if (!permit.allowed) throw new Refused(permit.code, permit.reason);',
    to: '',
    caughtBy: ofRunner('refused: not on the list'),
  },
  {
    name: 'a line that a crash cut short is continued by the next',
    file: JOURNAL,
    from: 'if (compact !== text) writeDurably(path, compact);',
    to: '',
    caughtBy: {
      file: 'packages/agent/src/actions/order-journal.test.ts',
      test: 'a line that a crash cut short, at any place, counts as never written',
    },
  },
  {
    name: 'the record of an order is not on disk before it runs',
    file: JOURNAL,
    from: '    fs.fdatasyncSync(this.#descriptor);',
    to: '    if (line.length === 0) fs.fdatasyncSync(this.#descriptor);',
    caughtBy: POWER,
  },
  {
    name: 'the claim is not on disk before it is carried out',
    file: 'deploy/restart-service',
    from: 'sync "$dir/unit" "$dir/boot" "$dir/verb" "$dir" "$orders" "$@"; }',
    to: 'true; }',
    caughtBy: POWER,
  },
  {
    name: 'orders are forgotten after 40 days',
    file: JOURNAL,
    from: 'const KEPT_MS = 400 *',
    to: 'const KEPT_MS = 40 *',
    caughtBy: {
      file: 'packages/agent/src/actions/order-journal.test.ts',
      test: 'orders are kept 400 days',
    },
  },
  {
    name: 'the limits of the server are counted by a clock that can be set',
    file: 'packages/agent/src/actions/guards/rate.ts',
    from: 'if (bootId === now.bootId && uptimeMs !== null)',
    to: "if (bootId === '' && uptimeMs !== null)",
    caughtBy: {
      file: 'packages/agent/src/actions/guards/rate.test.ts',
      test: 'however the clock is set, no window of real time holds more runs than the limits allow',
    },
  },
  {
    name: 'what ran before this process does not count towards the limits',
    file: 'packages/agent/src/actions/guards/allowance.ts',
    from: 'assertWithinLimits(unit, order.automatic === true, journal.runs(), limits(), now);',
    to: 'assertWithinLimits(unit, order.automatic === true, journal.runs().slice(0, 0), limits(), now);',
    caughtBy: {
      file: 'packages/agent/src/actions/runner-limits.test.ts',
      test: 'an automatic order right after a run is refused, also by the next process, and one of a person is not',
    },
  },
];
