import { needsLockoutListing, type Restartable, unitNameOf } from '@homelabcmd/protocol';
import { ALLOW_FILE } from '../../config.ts';
import type { AllowList } from './allow-file.ts';

/** What this server's own files say about restarts. */
export interface RestartRules {
  hostname: string;
  monitorOnly: boolean;
  allow: AllowList;
  lockout: AllowList;
  /** Why restarts cannot be carried out at all, as a sentence, or `null`. */
  executorProblem: string | null;
}

export type Permit =
  | { allowed: true }
  | {
      allowed: false;
      code: 'monitor_only' | 'not_allowed' | 'lockout_guard' | 'executor_unavailable';
      reason: string;
      fixCommand: string | null;
    };

/** What root types. The command knows the lists of an installed agent; where they are elsewhere, it is of no use. */
export function listing(unit: string, allowPath: string, path: string): string {
  if (allowPath !== ALLOW_FILE) return appending(unit, path);
  const name = unit.includes('\\') ? `'${unit}'` : unit;
  return `sudo homelabcmd-agent allow ${needsLockoutListing(unit) ? '--lockout ' : ''}${name}`;
}

/** What root types to add a unit to a list that no command edits. */
export const appending = (unit: string, path: string) => `echo '${unit}' | sudo tee -a ${path}`;

/** Whether this server lets a unit be restarted. The root-owned script judges the same files again. */
export function permitOf(unit: string, rules: RestartRules): Permit {
  const no = (
    code: Exclude<Permit, { allowed: true }>['code'],
    reason: string,
    fixCommand: string | null,
  ): Permit => ({ allowed: false, code, reason, fixCommand });
  if (rules.monitorOnly) return no('monitor_only', 'This agent only watches.', null);
  if (rules.allow.problem !== null) return no('not_allowed', rules.allow.problem, rules.allow.fixCommand);
  if (!rules.allow.lines.has(unit))
    return no(
      'not_allowed',
      'Its list of services that may be restarted does not name this one.',
      listing(unit, rules.allow.path, rules.allow.path),
    );
  if (needsLockoutListing(unit)) {
    if (rules.lockout.problem !== null)
      return no('lockout_guard', rules.lockout.problem, rules.lockout.fixCommand);
    if (!rules.lockout.lines.has(unit))
      return no(
        'lockout_guard',
        `Restarting it can cut people off from ${rules.hostname}, so it needs a second listing there.`,
        listing(unit, rules.allow.path, rules.lockout.path),
      );
  }
  if (rules.executorProblem !== null) return no('executor_unavailable', rules.executorProblem, null);
  return { allowed: true };
}

/** The same for a report, where a unit that cannot be restarted by its nature is told apart too. */
export function restartableOf(unit: string, loadState: string, rules: RestartRules): Restartable {
  if (unitNameOf(unit) === null)
    return { allowed: false, reason: 'Only services can be restarted.', fix_command: null };
  const permit = permitOf(unit, rules);
  if (permit.allowed && loadState === 'masked')
    return {
      allowed: false,
      reason: `It is masked on ${rules.hostname}: systemd will not start it.`,
      fix_command: `sudo systemctl unmask '${unit}'`,
    };
  return permit.allowed
    ? { allowed: true, reason: '', fix_command: null }
    : { allowed: false, reason: permit.reason.slice(0, 500), fix_command: permit.fixCommand };
}
