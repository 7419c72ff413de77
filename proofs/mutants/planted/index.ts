import type { Mutant } from '../mutant.ts';
import { AGENT_MUTANTS } from './agent.ts';
import { AUTOMATION_MUTANTS } from './automation.ts';
import { FIGURE_MUTANTS } from './figures.ts';
import { HISTORY_MUTANTS } from './history.ts';
import { HUB_MUTANTS } from './hub.ts';
import { KEYS_MUTANTS } from './keys.ts';
import { TLS_MUTANTS } from './tls.ts';
import { PASSKEY_MUTANTS } from './passkeys.ts';
import { SEALED_MUTANTS } from './sealed.ts';

/** Every mistake that is planted. */
export const MUTANTS: readonly Mutant[] = [
  ...HUB_MUTANTS,
  ...FIGURE_MUTANTS,
  ...AGENT_MUTANTS,
  ...AUTOMATION_MUTANTS,
  ...KEYS_MUTANTS,
  ...TLS_MUTANTS,
  ...PASSKEY_MUTANTS,
  ...SEALED_MUTANTS,
  ...HISTORY_MUTANTS,
];
