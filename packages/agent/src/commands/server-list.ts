import { existsSync } from 'node:fs';
import { unitNameOf } from '@homelabcmd/protocol';
import type { ServerConfig } from '../config.ts';
import { messageOf } from '../log.ts';
import { readAllowList } from '../services/rules/allow-file.ts';
import { readApprovers } from '../services/rules/approvers.ts';
import { readLimits } from '../services/rules/limits.ts';
import { permitOf, type RestartRules, restartableOf } from '../services/rules/restartable.ts';
import type { UnitState } from '../systemd/port.ts';
import type { UnitCatalogue } from '../systemd/unit-catalogue.ts';
import type { World } from './command.ts';
import { isTemplate, quoted } from './judge.ts';

/** One line of the lists. */
export interface Listed {
  readonly line: string;
  /** `active (running)`, as systemd says it; `null` where it cannot be asked. */
  readonly state: string | null;
  /** Whether an order for it would be carried out. */
  readonly counts: boolean;
  /** A sentence: why not, or an empty text. */
  readonly why: string;
  readonly fix_command: string | null;
}

/** What this server allows, as its own files say. */
export interface ServerList {
  readonly services: readonly Listed[];
  readonly sealed: { readonly approvers: readonly string[]; readonly problem: string | null } | null;
  readonly limits: Readonly<Record<string, number>>;
  readonly probe_targets: readonly string[];
  /** What is wrong with the files, or with the installation, in sentences. */
  readonly problems: readonly string[];
}

/** Reads the files as the agent does, and asks systemd what each name is. */
export async function readServerList(server: ServerConfig, world: World): Promise<ServerList> {
  const rules = rulesOf(server, world);
  const limits = readLimits(server.limitsFile, world.ownerUid);
  const targets = readAllowList(server.probeTargetsFile, world.ownerUid);
  const sealing = readApprovers(server.approversFile, world.ownerUid);
  const problems = [
    ...(server.monitorOnly
      ? [`The agent is told to watch only (HOMELABCMD_MONITOR_ONLY in ${world.places.settings}).`]
      : []),
    ...[rules.allow.problem, rules.lockout.problem, rules.executorProblem, limits.problem, targets.problem],
  ];
  const catalogue = await world.openCatalogue(server.dbusAddress).catch((cause: unknown) => {
    problems.push(messageOf(cause));
    return null;
  });
  await using _closed = catalogue;
  const services: Listed[] = [];
  for (const line of rules.allow.lines) services.push(await judgeLine(line, rules, catalogue));
  for (const line of rules.lockout.lines)
    if (!rules.allow.lines.has(line)) services.push(onlyInSecond(line, server.lockoutFile));
  return {
    services,
    sealed: sealing && { approvers: sealing.keys.map(({ name }) => name), problem: sealing.problem },
    limits: { ...limits.limits },
    probe_targets: [...targets.lines],
    problems: problems.filter((one) => one !== null),
  };
}

const rulesOf = (server: ServerConfig, { hostname, ownerUid }: World): RestartRules => ({
  hostname,
  monitorOnly: server.monitorOnly,
  allow: readAllowList(server.allowFile, ownerUid),
  lockout: readAllowList(server.lockoutFile, ownerUid),
  executorProblem: existsSync(server.restartSocket)
    ? null
    : `There is no ${server.restartSocket}: the part that restarts services is not installed, or does not run.`,
});

async function judgeLine(
  line: string,
  rules: RestartRules,
  catalogue: UnitCatalogue | null,
): Promise<Listed> {
  const no = (why: string, fix_command: string | null, state: string | null = null): Listed => ({
    ...{ line, state, counts: false, why, fix_command },
  });
  const unit = unitNameOf(line);
  if (unit !== line) {
    const anew = unit === null ? '' : ` && sudo homelabcmd-agent allow ${quoted(unit)}`;
    const fix = unit === null ? null : `sudo homelabcmd-agent deny ${quoted(line)}${anew}`;
    return no('a line is the whole name of a service, with .service and nothing beside it', fix);
  }
  if (isTemplate(unit)) return no('it is a template, and only its instances run', null);
  const state = (await catalogue?.read(unit).catch(() => null)) ?? null;
  const words = state === null ? null : stateWords(state);
  if (state?.loadState === 'not-found') return no('systemd knows no such service', null, words);
  if (state !== null && state.id !== unit)
    return no(`it is another name of ${state.id}`, `sudo homelabcmd-agent allow ${quoted(state.id)}`, words);
  const permit = permitOf(unit, rules);
  const { allowed, reason, fix_command } = restartableOf(unit, state?.loadState ?? 'loaded', rules);
  if (allowed) return { line, state: words, counts: true, why: '', fix_command: null };
  // What is so for the whole server is said once, above.
  const isForAll =
    !permit.allowed && (permit.code === 'executor_unavailable' || permit.code === 'monitor_only');
  return no(isForAll ? 'see above' : reason, fix_command, words);
}

const stateWords = ({ loadState, activeState, subState }: UnitState): string =>
  loadState === 'loaded' ? `${activeState} (${subState})` : loadState;

const onlyInSecond = (line: string, path: string): Listed => ({
  line,
  state: null,
  counts: false,
  why: `it stands in ${path} only`,
  fix_command: unitNameOf(line) === line ? `sudo homelabcmd-agent allow --lockout ${quoted(line)}` : null,
});
