import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Where the other parts of the product are on this disk. */
export interface ProductFiles {
  readonly agentBundle: string;
  readonly dashboardDir: string;
  readonly deployDir: string;
  /** The signed release of the agent that servers get. */
  readonly agentReleaseDir: string;
}

/**
 * Beside this file in an unpacked release, in `dist/` of each package in a checkout. This code runs from `src/` or
 * `dist/` of the hub's package there, which are equally deep.
 */
export function findProductFiles(here: string = import.meta.dirname): ProductFiles {
  const isRelease = existsSync(join(here, 'agent.mjs'));
  const checkout = resolve(here, '../../..');
  return isRelease
    ? {
        agentBundle: join(here, 'agent.mjs'),
        dashboardDir: join(here, 'dashboard'),
        deployDir: resolve(here, '../deploy'),
        agentReleaseDir: join(here, 'agent'),
      }
    : {
        agentBundle: join(checkout, 'packages/agent/dist/agent.mjs'),
        dashboardDir: join(checkout, 'packages/dashboard/dist'),
        deployDir: join(checkout, 'deploy'),
        agentReleaseDir: join(checkout, 'dist/agent'),
      };
}
