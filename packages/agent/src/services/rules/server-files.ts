import type { Sealing } from '@homelabcmd/protocol';
import type { AgentConfig } from '../../config.ts';
import { type AllowList, readAllowList } from './allow-file.ts';
import { watchApprovers } from './approvers.ts';
import { type LimitsRule, readLimits } from './limits.ts';

type Paths = Pick<
  AgentConfig,
  'allowFile' | 'lockoutFile' | 'probeTargetsFile' | 'limitsFile' | 'approversFile'
>;

/** The root-owned files of this server. Each is read anew whenever it is asked for: what root has written holds at once. */
export interface ServerFiles {
  readonly paths: readonly string[];
  allow(): AllowList;
  lockout(): AllowList;
  probeTargets(): AllowList;
  limits(): LimitsRule;
  approvers(): Sealing | null;
}

export const serverFiles = (files: Paths, ownerUid: number): ServerFiles => ({
  paths: [
    ...[files.allowFile, files.lockoutFile, files.probeTargetsFile],
    ...[files.limitsFile, files.approversFile],
  ],
  allow: () => readAllowList(files.allowFile, ownerUid),
  lockout: () => readAllowList(files.lockoutFile, ownerUid),
  probeTargets: () => readAllowList(files.probeTargetsFile, ownerUid),
  limits: () => readLimits(files.limitsFile, ownerUid),
  approvers: watchApprovers(files.approversFile, ownerUid),
});
