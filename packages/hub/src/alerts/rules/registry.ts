import type { AlertKind, AlertRuleSettings } from '@homelabcmd/protocol';
import type { Draft } from '../core/memory.ts';
import { actionUnknown } from './action-unknown.ts';
import { fleetChange } from './fleet-change.ts';
import { backupOverdue, jobOverdue } from './jobs.ts';
import { diskFilling, diskHigh } from './readings/disks.ts';
import { memoryHigh, swapHigh } from './readings/memory.ts';
import { cpuHigh, loadHigh } from './readings/processor.ts';
import { temperatureHigh } from './readings/temperature.ts';
import { restartFailed } from './restart-failed.ts';
import type { Rule } from './rule.ts';
import { serverOffline } from './server-offline.ts';
import { serviceDown } from './service-down.ts';

/** Every rule. A new one is one file and one line here. */
const RULES: { readonly [K in AlertKind]: Rule<K> } = {
  fleet_change: fleetChange,
  server_offline: serverOffline,
  service_down: serviceDown,
  restart_failed: restartFailed,
  action_unknown: actionUnknown,
  cpu_high: cpuHigh,
  memory_high: memoryHigh,
  swap_high: swapHigh,
  load_high: loadHigh,
  disk_high: diskHigh,
  disk_filling: diskFilling,
  temperature_high: temperatureHigh,
  backup_overdue: backupOverdue,
  job_overdue: jobOverdue,
};

/** Causes before what they cause. */
export const ALL_RULES: readonly Rule[] = Object.values(RULES);

export const ruleOf = (kind: AlertKind): Rule => RULES[kind];

/** The settings that hold. */
export const settingsOf = (draft: Draft, kind: AlertKind): AlertRuleSettings =>
  draft.get('rules', kind)?.settings ?? RULES[kind].defaults;
