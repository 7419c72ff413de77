import type { LoadedConfig } from '../../config.ts';
import type { StoreState } from '../../store/inspect.ts';

/** What the doctor found of one thing. A warning is worth reading; with a failure the hub does not work, or soon will not. */
export interface Finding {
  readonly name: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  /** What to do about it; absent when all is well. */
  readonly todo?: string;
}

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

export const ok = (name: string, detail: string): Finding => ({ name, state: 'ok', detail });
export const warn = (name: string, detail: string, todo: string): Finding => ({
  name,
  state: 'warn',
  detail,
  todo,
});
export const fail = (name: string, detail: string, todo: string): Finding => ({
  name,
  state: 'fail',
  detail,
  todo,
});
