import type { Mutant } from '../mutant.ts';

const TRANSITION = 'packages/hub/src/actions/transition.ts';
const DISPATCH = 'packages/hub/src/actions/dispatch.ts';
const DECIDE = 'packages/hub/src/actions/decide.ts';
const OUTCOME = 'packages/hub/src/actions/outcome.ts';
const STEPS = 'packages/hub/src/store/migrations/first/0001-first.ts';
/** Where the table of actions was last made anew. */
const ACTIONS = 'packages/hub/src/store/migrations/first/0003-kinds-of-actions.ts';
const of = (file: string) => (test: string) => ({ file, test });
const ofTransition = of('packages/hub/src/actions/transition.test.ts');
const ofDispatch = of('packages/hub/src/actions/dispatch.test.ts');
const ofDecide = of('packages/hub/src/actions/decide.test.ts');
const ofOutcome = of('packages/hub/src/actions/outcome.test.ts');
const ofDeadlines = of('packages/hub/src/actions/deadlines/deadlines.test.ts');
const ofFreeze = of('packages/hub/src/freeze/freeze.test.ts');

/** A hub that decides, sends, or believes otherwise than it must. */
export const HUB_MUTANTS: readonly Mutant[] = [
  {
    name: 'the code takes any step',
    file: TRANSITION,
    from: 'if (!NEXT_STATUSES[row.status].includes(to)) throw movedOn(row);',
    to: '',
    caughtBy: ofTransition('the code takes every legal step and refuses every other with `action_moved_on`'),
  },
  {
    name: 'what was dispatched can be approved again',
    file: 'packages/protocol/src/actions/status.ts',
    from: "dispatched: ['executing', 'refused', 'cancelled', 'unknown'],",
    to: "dispatched: ['executing', 'refused', 'cancelled', 'unknown', 'approved'],",
    caughtBy: {
      file: 'packages/protocol/src/contract.test.ts',
      test: 'every status can be reached from `pending`, and none twice: nothing leads back',
    },
  },
  {
    name: 'the store lets an action go back from dispatched to approved',
    file: STEPS,
    from: "['dispatched', 'executing'],",
    to: "['dispatched', 'executing'],\n  ['dispatched', 'approved'],",
    caughtBy: ofTransition('the database, against any code dispatched → approved'),
  },
  {
    name: 'the store has no index of open actions',
    file: ACTIONS,
    from: 'CREATE UNIQUE INDEX one_open_action_per_target',
    to: 'CREATE INDEX one_open_action_per_target',
    caughtBy: ofTransition(
      'the database, against any code beside one that is executing, a second for the same target is possible only when that is final',
    ),
  },
  {
    name: 'the store takes an approval of something else than was shown',
    file: ACTIONS,
    from: 'approved_digest IS NOT NULL AND approved_digest = digest',
    to: 'approved_digest IS NOT NULL',
    caughtBy: ofTransition(
      'the database, against any code no action is approved without the digest that was shown',
    ),
  },
  {
    name: 'the store does not wait for the disk',
    file: 'packages/hub/src/store/sqlite.ts',
    from: 'PRAGMA synchronous = FULL;',
    to: 'PRAGMA synchronous = NORMAL;',
    caughtBy: {
      file: 'packages/hub/src/store/store.test.ts',
      test: 'a new store has the whole schema and makes no backup; opened again, it changes nothing',
    },
  },
  {
    name: 'the order is sent before dispatched is committed',
    file: DISPATCH,
    from: '      const rows = await this.#log.transaction(async (open) => {',
    to: `      for (const serverId of there)
        await this.#sendOrders(
          await selectActions(this.#db, 0).where('server_id', '=', serverId).where('status', '=', 'approved').execute(),
        );
      const rows = await this.#log.transaction(async (open) => {`,
    caughtBy: ofDispatch('what cannot be committed as dispatched is not sent, and goes out when it can'),
  },
  {
    name: 'an order that was answered is sent again on reconnect',
    file: DISPATCH,
    from: "!isFrozen && row.status === 'dispatched' && row.cancel_requested_by === null;",
    to: '!isFrozen && row.cancel_requested_by === null;',
    caughtBy: ofDispatch(
      'the same order is sent again on each reconnect while it is unanswered, and never after an answer',
    ),
  },
  {
    name: 'an order that is asked back is sent again on reconnect',
    file: DISPATCH,
    from: "!isFrozen && row.status === 'dispatched' && row.cancel_requested_by === null;",
    to: "!isFrozen && row.status === 'dispatched';",
    caughtBy: {
      file: 'packages/hub/test/cancel-after-dispatch.test.ts',
      test: 'an agent that comes back is asked, and is not sent the order again',
    },
  },
  {
    name: 'an unanswered order is sent again while the fleet is frozen',
    file: DISPATCH,
    from: "!isFrozen && row.status === 'dispatched' && row.cancel_requested_by === null;",
    to: "row.status === 'dispatched' && row.cancel_requested_by === null;",
    caughtBy: ofFreeze(
      'an order that was sent and not answered is asked about, not sent again, while frozen',
    ),
  },
  {
    name: 'the statement that lets an order out does not ask for the freeze',
    file: TRANSITION,
    from: "not(exists(selectFrom('fleet_freeze').select('id').where('is_on', '=', 1))),",
    to: "not(exists(selectFrom('fleet_freeze').select('id').where('is_on', '=', 2))),",
    caughtBy: ofFreeze(
      'the statement that lets an order out asks the row itself: a freeze behind the hub’s back holds at once',
    ),
  },
  {
    name: 'an approval is delivered after its time',
    file: DISPATCH,
    from: "    .where('deadline_at', '>', slots.now)\n",
    to: '',
    caughtBy: ofDeadlines(
      'an approval whose time has passed is not delivered, although the clock has not been written down',
    ),
  },
  {
    name: 'the digest that was shown is not compared',
    file: DECIDE,
    from: 'if (digest !== undefined && digest !== row.digest)',
    to: "if (digest === '')",
    caughtBy: ofDecide(
      'approve takes the digest that was shown; a different one is 409 and approves nothing',
    ),
  },
  {
    name: 'the digest does not cover the state that was seen',
    file: 'packages/hub/src/actions/request.ts',
    from: 'expect: expect && [expect.state_class, expect.boot_id, expect.invocation_id],',
    to: 'expect: expect && [expect.boot_id],',
    caughtBy: ofDecide(
      'the digest covers server, service and the state that was seen, and nothing that changes by itself',
    ),
  },
  {
    name: 'a decision after the deadline counts',
    file: DECIDE,
    from: 'if (canExpire && (isPast || hasHappenedAhead(row, Date.parse(open.now))))',
    to: 'if (canExpire && isPast && actionId === 0)',
    caughtBy: ofDecide(
      'a decision that comes after the deadline is refused, although the clock has not been written down',
    ),
  },
  {
    name: 'the rule of two people is not asked for',
    file: DECIDE,
    from: "if (row.status === 'pending') await mayApprove(open, actor, row);",
    to: "if (row.status === 'approved') await mayApprove(open, actor, row);",
    caughtBy: {
      file: 'packages/hub/src/policies/policies.test.ts',
      test: 'under a rule of two people the one who asked is refused with a sentence, and another is not',
    },
  },
  {
    name: 'a deadline makes an order that is out expire, as if it had never been sent',
    file: 'packages/hub/src/actions/deadlines/deadlines.ts',
    from: "transition(open, current, isWaiting ? 'expired' : 'unknown', {",
    to: "transition(open, current, isWaiting ? 'expired' : 'refused', {",
    caughtBy: ofDeadlines(
      'a dispatched order without an answer in its lease is unknown, and blocks the service',
    ),
  },
  {
    name: 'an unknown order is run again by a timer',
    file: DISPATCH,
    from: '    const approved = events.filter(',
    to: `    if (events.some(({ type }) => type === 'action.unknown'))
      await this.#sendOrders(await selectActions(this.#db, 0).where('status', '=', 'unknown').execute());
    const approved = events.filter(`,
    caughtBy: ofDeadlines(
      'a dispatched order without an answer in its lease is unknown, and blocks the service',
    ),
  },
  {
    name: 'the result of another server’s agent counts',
    file: 'packages/hub/src/actions/rows.ts',
    from: ".where('order_id', '=', orderId).where('server_id', '=', serverId)",
    to: ".where('order_id', '=', orderId)",
    caughtBy: ofOutcome('what another server’s agent says of an order is ignored'),
  },
  {
    name: 'a result that comes before the order was sent counts',
    file: OUTCOME,
    from: "completed: { dispatched: ['executing', 'completed'],",
    to: "completed: { approved: ['dispatched', 'executing', 'completed'], dispatched: ['executing', 'completed'],",
    caughtBy: ofOutcome('an answer before the order was sent is no answer'),
  },
  {
    name: 'a progress without a start is taken for one',
    file: OUTCOME,
    from: "    if (report.step === 'started') {",
    to: "    if (report.step !== 'verifying' || row.status === 'dispatched') {",
    caughtBy: ofOutcome('progress before `started` is not taken for a start'),
  },
  {
    name: 'who shares a commit is answered before it',
    file: 'packages/hub/src/events/commit-group.ts',
    from: '    done = { waiting, value: await waiting.work(tx) };',
    to: '    done = { waiting, value: await waiting.work(tx) };\n    waiting.resolve(done.value);',
    caughtBy: {
      file: 'packages/hub/src/events/commit-group.test.ts',
      test: 'nobody is answered before the commit; when it fails, all that it covers has failed, and nothing is kept',
    },
  },
  {
    name: 'an agent that has seen more than the store holds is believed to be wrong',
    file: 'packages/hub/src/setback/declare.ts',
    from: '  await parts.endOpenActions(open);\n  await parts.freeze(',
    to: '  await parts.endOpenActions(open);\n  if (ownEntry < 0) await parts.freeze(',
    caughtBy: {
      file: 'packages/hub/src/setback/setback.test.ts',
      test: 'an agent that has seen a later entry freezes the fleet, and what is open is ended; nothing is sent',
    },
  },
  {
    name: 'an order goes to a server that is in quarantine',
    file: TRANSITION,
    from: ".whereRef('quarantines.server_id', '=', 'actions.server_id'),",
    to: ".whereRef('quarantines.server_id', '=', 'actions.server_id').where('quarantines.since', '=', ''),",
    caughtBy: {
      file: 'packages/hub/src/setback/quarantine.test.ts',
      test: 'an agent that has lost an order that it had on its disk is in quarantine, until a person lifts that',
    },
  },
  {
    name: 'followers are woken before the commit',
    file: 'packages/hub/src/events/log.ts',
    from: '    appended.push(event);\n    return data;',
    to: '    appended.push(event);\n    this.#publish([event]);\n    return data;',
    caughtBy: { file: 'packages/hub/src/events/log.test.ts', test: 'nothing comes before the commit' },
  },
  {
    name: 'a named wish is granted a second time',
    file: 'packages/hub/src/events/once.ts',
    from: 'if (granted) return JSON.parse(granted.answer_json) as T;',
    to: "if (granted) await tx.deleteFrom('named_wishes').where('name', '=', name).execute();",
    caughtBy: {
      file: 'packages/hub/test/idempotency.test.ts',
      test: 'the same key and the same wish are answered as the first time, whatever has become of the action',
    },
  },
  {
    name: 'people may restart one service as often as they like',
    file: 'packages/hub/src/actions/request.ts',
    from: '  if (!freeing) return ran.length;',
    to: '  if (freeing !== null) return ran.length;',
    caughtBy: {
      file: 'packages/hub/test/contract-guards.test.ts',
      test: '429: too many restarts **ran** (a guard), with `Retry-After`; 409 comes first',
    },
  },
  {
    name: 'the hash of an entry does not cover who acted',
    file: 'packages/hub/src/audit/verify.ts',
    from: 'entryHash(row) === row.hash;',
    to: "typeof row.hash === 'string';",
    caughtBy: {
      file: 'packages/hub/src/audit/verify.test.ts',
      test: 'an entry of which any column was changed is named',
    },
  },
];
