import type { Finding } from '@homelabcmd/protocol/doctor';
import type { LoadedConfig } from '../../config.ts';
import type { StoreState } from '../../store/inspect.ts';

/** What the checks look at. */
export interface Patient {
  readonly loaded: LoadedConfig;
  /** Where the store is, or would be, while it is SQLite. */
  readonly storeFile: string;
  readonly store: StoreState | { readonly kind: 'unreachable'; readonly why: string };
}

/** The rights of everybody but the owner. */
export const OTHERS = 0o077;

export type Check = (patient: Patient) => Promise<Finding> | Finding;

export { type Finding, fail, ok, warn } from '@homelabcmd/protocol/doctor';
