import type { Sealing } from '@homelabcmd/protocol';
import type { AgentConfig } from '../../config.ts';
import { type AllowList, readAllowList } from './allow-file.ts';
import { watchApprovers } from './approvers.ts';
import { type JournalAccess, readJournalAccess } from './journal-access.ts';
import { type LimitsRule, readLimits } from './limits.ts';

type Paths = Pick<
  AgentConfig,
  | 'allowFile'
  | 'lockoutFile'
  | 'probeTargetsFile'
  | 'limitsFile'
  | 'approversFile'
  | 'logsFile'
  | 'logsWatchedFile'
>;

/** The root-owned files of this server. Each is read anew whenever it is asked for: what root has written holds at once. */
export interface ServerFiles {
  readonly paths: readonly string[];
  allow(): AllowList;
  lockout(): AllowList;
  probeTargets(): AllowList;
  limits(): LimitsRule;
  approvers(): Sealing | null;
  journal(): JournalAccess;
}

export const serverFiles = (files: Paths, ownerUid: number): ServerFiles => ({
  paths: [
    ...[files.allowFile, files.lockoutFile, files.probeTargetsFile],
    ...[files.limitsFile, files.approversFile, files.logsFile, files.logsWatchedFile],
  ],
  allow: () => readAllowList(files.allowFile, ownerUid),
  lockout: () => readAllowList(files.lockoutFile, ownerUid),
  probeTargets: () => readAllowList(files.probeTargetsFile, ownerUid),
  limits: () => readLimits(files.limitsFile, ownerUid),
  approvers: watchApprovers(files.approversFile, ownerUid),
  journal: () => readJournalAccess(files, ownerUid),
});
