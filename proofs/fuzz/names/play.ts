import { parseAllowList, permitOf, type RestartRules } from '@homelabcmd/agent/rules';
import { unitNameOf, unitOfTarget, targetOf } from '@homelabcmd/protocol';
import { seeded } from '../../report/seeded.ts';
import { newOutcome, type PartOutcome } from '../finding.ts';
import { askedBy, codeOfUnit, saidBy, ScriptModel } from './decision.ts';
import { oddLine, oddName } from './lines.ts';
import { ALLOW_TEXT, LOCKOUT_TEXT } from './lists.ts';
import { openScriptServer, scriptProblem } from './script-server.ts';

export interface NamesOptions {
  readonly seed: number;
  /** Names and lines together. */
  readonly names: number;
  /** How many of them are lines that the script is really run for. */
  readonly lines: number;
  readonly stop?: AbortSignal;
  onPart?(soFar: PartOutcome): void;
}

const NAMES_AT_ONCE = 10_000;
const LINES_AT_ONCE = 500;
const MOST_FINDINGS = 20;

const listOf = (path: string, text: string) => ({
  path,
  lines: parseAllowList(text),
  problem: null,
  fixCommand: null,
});
const RULES: RestartRules = {
  ...{ hostname: 'server', monitorOnly: false, executorProblem: null },
  allow: listOf('restart-allowed', ALLOW_TEXT),
  lockout: listOf('restart-allowed-lockout', LOCKOUT_TEXT),
};

/** Names against the hub's and the agent's judgement, and request lines against the script that has the last word. */
export async function playNames(options: NamesOptions): Promise<PartOutcome> {
  const startedMs = performance.now();
  const outcome = newOutcome('names', ['what', 'how many']);
  const tally = new Map<string, number>();
  const found = (what: string, given: string, share: string) => {
    if (outcome.findings.length < MOST_FINDINGS)
      outcome.findings.push({
        what,
        given,
        replay:
          `npm run fuzz -- --part names --seed ${options.seed} --names ${options.names} ${share}`.trim(),
      });
  };
  const say = () => {
    outcome.durationMs = performance.now() - startedMs;
    options.onPart?.(outcome);
  };
  const problem = scriptProblem();
  const lines = problem === null ? Math.min(options.lines, options.names) : 0;
  if (problem !== null) outcome.figures['the script was not run'] = problem;
  const chance = seeded(options.seed, 1);
  for (let done = 0; done < options.names - lines && !options.stop?.aborted; ) {
    const upTo = Math.min(done + NAMES_AT_ONCE, options.names - lines);
    for (; done < upTo; done += 1) {
      const name = oddName(chance);
      const what = wrongWith(name, tally);
      if (what !== null) found(what, JSON.stringify(name), '');
    }
    outcome.played = done;
    say();
    await new Promise(setImmediate);
  }
  await playLines({ ...options, lines }, { outcome, tally, found, say });
  outcome.figures['lines that the script was run for'] = lines;
  outcome.table.rows.push(...[...tally].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  say();
  return outcome;
}

interface Telling {
  readonly outcome: PartOutcome;
  readonly tally: Map<string, number>;
  found(what: string, given: string, share: string): void;
  say(): void;
}

const count = (tally: Map<string, number>, what: string) => tally.set(what, (tally.get(what) ?? 0) + 1);

/** What is wrong with how a name is judged; `null`: nothing. A name that the agent lets through has to be a line of root's list. */
function wrongWith(name: string, tally: Map<string, number>): string | null {
  const unit = unitNameOf(name);
  if (unit !== unitOfTarget(targetOf(name))) return 'a name and its target mean two units';
  if (unit === null) {
    count(tally, 'names: no unit');
    return null;
  }
  if (unitNameOf(unit) !== unit) return `a unit means another one: ${JSON.stringify(unit)}`;
  const permit = permitOf(unit, RULES);
  const code = codeOfUnit(Buffer.from(unit, 'utf8').toString('latin1'));
  count(tally, `names: ${permit.allowed ? 'allowed' : permit.code}`);
  if (permit.allowed && !ALLOW_TEXT.split('\n').includes(unit))
    return `the agent allows ${JSON.stringify(unit)}, which is not listed`;
  const agents = permit.allowed ? null : permit.code;
  return agents === code
    ? null
    : `the agent says ${agents ?? 'yes'} to ${JSON.stringify(unit)}, and the script has to say ${code ?? 'yes'}`;
}

async function playLines(
  { seed, lines, stop }: NamesOptions,
  { outcome, tally, found, say }: Telling,
): Promise<void> {
  if (lines === 0) return;
  using server = openScriptServer();
  const chance = seeded(seed, 2);
  const model = new ScriptModel();
  let ids: string[] = [];
  for (let done = 0; done < lines && !stop?.aborted; ) {
    const share = Array.from({ length: Math.min(LINES_AT_ONCE, lines - done) }, () => oddLine(chance, ids));
    const ran = await server.run(share, new AbortController().signal);
    for (const [nth, { said, asked }] of ran.entries()) {
      const line = share[nth] ?? Buffer.alloc(0);
      const given = JSON.stringify(line.toString('latin1'));
      const decision = model.decide(line);
      count(tally, `lines: ${decision.kind === 'refused' ? decision.code : decision.kind}`);
      for (const words of asked)
        if (!ALLOW_TEXT.split('\n').includes(words.at(-1) ?? ''))
          found(`systemd was asked for ${JSON.stringify(words)}`, given, `--lines ${lines}`);
      if (JSON.stringify(asked) !== JSON.stringify(askedBy(decision)))
        found(
          `systemctl was called with ${JSON.stringify(asked)}, and not with ${JSON.stringify(askedBy(decision))}`,
          given,
          `--lines ${lines}`,
        );
      if (said !== saidBy(decision))
        found(
          `the script said ${JSON.stringify(said)}, and not ${JSON.stringify(saidBy(decision))}`,
          given,
          `--lines ${lines}`,
        );
      const [, id] = decision.kind === 'runs' ? line.toString('latin1').split(' ') : [];
      if (id?.length === 36) ids = [id, ...ids].slice(0, 50);
    }
    done += share.length;
    outcome.played += share.length;
    say();
  }
}
