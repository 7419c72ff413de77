import { api } from '@homelabcmd/protocol';
import fc from 'fast-check';
import { type Finding, newOutcome, type PartOutcome, seedOf } from '../finding.ts';
import { type HubProcess, startHubProcess } from '../ground/hub-process.ts';
import { MemoryWatch } from '../ground/memory.ts';
import { type Asked, askedOf, sentFor } from './asked.ts';
import { type CallerName, CALLERS, House } from './house.ts';
import { faultOf } from './judge.ts';
import { type Operation, operationsOf } from './operations.ts';
import type { Schema } from './shapes.ts';
import { type Answered, Line, NoAnswer, type Sent } from './wire.ts';

export interface HttpOptions {
  readonly seed: number;
  /** Requests of each operation as each caller. */
  readonly examples: number;
  /** These alone. */
  readonly operation?: string | null;
  readonly caller?: string | null;
  /** Of a finding: which example of its operation and caller. */
  readonly path?: string | null;
  readonly stop?: AbortSignal;
  onPart?(soFar: PartOutcome): void;
}

/** How many there are to ask: the routes, and the live stream. */
export const OPERATIONS = Object.keys(api).length + 1;

/** What is true while one operation is asked as one caller. */
interface Scene {
  readonly hub: HubProcess;
  readonly house: House;
  readonly operation: Operation;
  readonly shapes: Readonly<Record<string, Schema>>;
  readonly caller: CallerName;
  readonly line: Line;
  readonly statuses: Map<number, number>;
  onRequest(): void;
  asked(): number;
}

/** Looked at for the first time after this share: until then caches fill and code is compiled. */
const WARM = 0.1;

/** Asks every operation of the hub's document as every caller. */
export async function playHttp(options: HttpOptions): Promise<PartOutcome> {
  const startedMs = performance.now();
  const outcome = newOutcome('http', ['operation', ...CALLERS]);
  await using hub = await startHubProcess({ HOMELABCMD_TRUSTED_PROXIES: '127.0.0.1' });
  const { operations, shapes } = await operationsOf(hub.url);
  const chosen = operations.filter(({ id }) => (options.operation ?? id) === id);
  const callers = CALLERS.filter((name) => (options.caller ?? name) === name);
  const total = chosen.length * callers.length * options.examples;
  const house = new House(hub.url);
  const memory = new MemoryWatch(() => hub.heap());
  const looks = [WARM, 0.5].map((share) => Math.floor(share * total));
  const counted = () => {
    outcome.played += 1;
    if (outcome.played === looks[memory.looks.length]) void memory.take();
    outcome.durationMs = performance.now() - startedMs;
    options.onPart?.(outcome);
  };
  const seen = new Map<string, Map<number, number>>();
  const asks = async (caller: CallerName) => {
    using line = new Line(hub.url);
    for (const operation of chosen) {
      if (options.stop?.aborted || hub.ended !== null) return;
      const statuses = new Map<number, number>();
      seen.set(`${operation.id} ${caller}`, statuses);
      const found = await playOne(
        {
          hub,
          house,
          operation,
          shapes,
          caller,
          line,
          statuses,
          onRequest: counted,
          asked: () => outcome.played,
        },
        options,
      );
      if (found !== null) outcome.findings.push(found);
    }
  };
  await Promise.all(callers.map(asks));
  await closeDown(hub, memory, outcome);
  outcome.table.rows.push(
    ...chosen.map(({ id }) => [id, ...CALLERS.map((caller) => countsText(seen.get(`${id} ${caller}`)))]),
  );
  Object.assign(outcome.figures, {
    operations: chosen.length,
    callers: callers.length,
    'memory of the hub at 10 %, 50 % and 100 %': memory.text(),
  });
  outcome.durationMs = performance.now() - startedMs;
  return outcome;
}

/** Whether it still answers, and what it holds. */
async function closeDown(hub: HubProcess, memory: MemoryWatch, outcome: PartOutcome): Promise<void> {
  const isAlive =
    hub.ended === null &&
    (await fetch(`${hub.url}/readyz`).then(
      ({ status }) => status === 200,
      () => false,
    ));
  const add = (what: string) =>
    outcome.findings.push({ what, given: '', replay: 'npm run fuzz -- --part http' });
  if (!isAlive) return void add(hub.ended ?? 'the hub does not answer at the end');
  await memory.take();
  const grown = memory.fault();
  if (grown !== null) add(grown);
  for (const line of hub.takeFaults()) add(`the hub logged a fault of its own: ${line.slice(0, 1000)}`);
}

const countsText = (counts: ReadonlyMap<number, number> = new Map()): string =>
  [...counts]
    .toSorted(([a], [b]) => a - b)
    .map(([status, count]) => `${status}: ${count}`)
    .join(', ');

/** Plays one operation as one caller; the first request that is answered wrongly is the finding. */
async function playOne(scene: Scene, { seed, examples, path }: HttpOptions): Promise<Finding | null> {
  const { house, operation, caller } = scene;
  await house.tidy(scene.asked());
  await house.credentialsOf(caller, !(await house.isKnown(caller)));
  let last: Sent | null = null;
  const property = fc.asyncProperty(askedOf(operation, scene.shapes), async (asked) => {
    last = await sentNow(scene, asked);
    const what = await wrongWith(scene, last, asked);
    if (what !== null) throw new Error(what);
  });
  const details = await fc.check(property, {
    ...{ seed: seedOf(seed, operation.id, caller), numRuns: examples },
    // It is made shorter when it is replayed: of some requests there is no end of shorter ones.
    ...(path === null || path === undefined ? { endOnFailure: true } : { path }),
  });
  if (!details.failed) return null;
  const { errorInstance, counterexample, counterexamplePath } = details;
  const why = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  return {
    what: `${operation.id} as ${caller}: ${why}`,
    given: `${JSON.stringify(shownOf(last))} from ${fc.stringify(counterexample?.[0]).slice(0, 2000)}`,
    replay: `npm run fuzz -- --part http --seed ${seed} --operation ${operation.id} --caller ${caller} --path ${counterexamplePath ?? '0'}`,
  };
}

const shownOf = (sent: Sent | null): string => sent?.bytes.toString('latin1').slice(0, 1500) ?? '';

async function sentNow({ house, operation, caller }: Scene, asked: Asked): Promise<Sent> {
  const credentials = await house.credentialsOf(caller);
  // Not all from one address, or all but the first would be told to wait.
  const from = `192.0.2.${Math.floor(performance.now()) % 250}`;
  return sentFor(operation, asked, house.find, [...credentials, ['x-forwarded-for', from]]);
}

async function wrongWith(scene: Scene, sent: Sent, asked: Asked): Promise<string | null> {
  const { hub, house, operation, caller, line, statuses } = scene;
  scene.onRequest();
  let answered: Answered;
  try {
    answered = await line.exchange(sent);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    if (hub.ended !== null) return hub.ended;
    // Who goes away in the middle of a request is owed no answer.
    return sent.isCut ? null : `${error.message} (${asked.transport})`;
  }
  statuses.set(answered.status, (statuses.get(answered.status) ?? 0) + 1);
  const fault = faultOf(operation, answered);
  const [logged] = fault === null ? [] : hub.takeFaults();
  if (fault !== null) return logged === undefined ? fault : `${fault}\n  ${logged.slice(0, 1500)}`;
  // What was taken away from the caller shows in the next answer.
  const isOut = answered.status === 401 && !(await house.isKnown(caller));
  if (isOut || answered.body.includes('"proof_required"')) await house.credentialsOf(caller, true);
  return null;
}
