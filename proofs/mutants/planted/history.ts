import type { Mutant } from '../mutant.ts';

const TIERS = 'packages/hub/src/metrics/tiers';
const SPELLS = 'packages/hub/src/service-history/spells.ts';
const ofHistory = (test: string) => ({ file: `${TIERS}/history.test.ts`, test });
const ofBackfill = (test: string) => ({ file: 'packages/hub/src/metrics/backfill.test.ts', test });
const ofServices = (test: string) => ({
  file: 'packages/hub/src/service-history/service-history.test.ts',
  test,
});

/** A history that does not say what was. */
export const HISTORY_MUTANTS: readonly Mutant[] = [
  {
    name: 'a step that the hub was stopped in begins anew',
    file: `${TIERS}/history.ts`,
    from: 'if (step !== undefined) addTo(this.#openFor(serverId).cells, step.cells);',
    to: 'if (step === null) addTo(this.#openFor(serverId).cells, step.cells);',
    caughtBy: ofHistory('a step in which the hub was stopped and started again has the readings of both'),
  },
  {
    name: 'a block is closed when it was not rolled up',
    file: `${TIERS}/blocks.ts`,
    from: "const is_open = tier.name === '1h' ? 0 : 1;",
    to: "const is_open = tier.name === '10s' ? 0 : 1;",
    caughtBy: ofHistory(
      'a hub that was killed has lost the step that ran, and makes the rest when it is there again',
    ),
  },
  {
    name: 'what is told afterwards stands for what was told in time',
    file: `${TIERS}/history.ts`,
    from: '{ onlyWhereNone: true }',
    to: '{ onlyWhereNone: false }',
    caughtBy: ofBackfill(
      'what is told afterwards fills the gap, is marked, and changes neither the newest reading nor who is there',
    ),
  },
  {
    name: 'a batch is acknowledged before it is in the store',
    file: 'packages/hub/src/metrics/backfill.ts',
    from: 'await history.backfill(stepsOf(serverId, frame, this.#parts));',
    to: 'void history.backfill(stepsOf(serverId, frame, this.#parts)).catch(() => undefined);',
    caughtBy: ofBackfill('a batch that could not be written is not acknowledged, so the agent has it still'),
  },
  {
    name: 'what was not rolled up yet is removed with its time',
    file: `${TIERS}/retention.ts`,
    from: ".where('is_open', '=', 0)\n        .where('at', '<', before)",
    to: ".where('at', '<', before)",
    caughtBy: {
      file: `${TIERS}/retention.test.ts`,
      test: 'what a hub that was away for long has yet to roll up is not removed before',
    },
  },
  {
    name: 'time whose commit had no answer is counted once more',
    file: 'packages/hub/src/service-history/recorder.ts',
    from: 'this.#isUnsure = true;',
    to: 'this.#isUnsure = 0 > 1;',
    caughtBy: ofServices('a commit whose answer is lost is not counted once more when it is taken in again'),
  },
  {
    name: 'silence begins when it was noticed',
    file: SPELLS,
    from: 'const endMs = isHeard ? atMs : Math.max(spell.sinceMs, seenMs);',
    to: 'const endMs = isHeard ? atMs : Math.max(spell.sinceMs, atMs, seenMs);',
    caughtBy: ofServices(
      'of each day and month it is known for how long a service ran, was down, and was not known',
    ),
  },
  {
    name: 'a server has the history of the one that had its name',
    file: SPELLS,
    from: 'this.outcome.deleted.set(serverId, id);',
    to: 'this.outcome.deleted.set(serverId, 0 * id);',
    caughtBy: ofServices(
      'read again from the beginning of the log, it comes to the same, and not to what was of a server of that name',
    ),
  },
];
