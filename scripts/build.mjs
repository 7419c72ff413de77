/** Builds the dashboard, the agent and the hub where their sources have changed. Runs on the Node of node_modules. */
import { makeTarget } from './build/make-target.mjs';
import { isUpToDate, targets } from './build/targets.mjs';

for (const target of targets) if (!isUpToDate(target)) await makeTarget(target);
