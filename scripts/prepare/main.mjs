import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isUpToDate, targets } from '../build/targets.mjs';
import { withCheckoutLock } from './checkout-lock.mjs';
import { run, stopWithParent } from './child.mjs';
import { install } from './install.mjs';
import { planInstall, readInstallState } from './install-state.mjs';
import { root } from './root.mjs';

/** The Node that everything runs on. It comes with the dependencies, for the platforms that the product supports. */
const nodePath = join(root, 'node_modules/.bin/node');

/**
 * @param {string[]} args `runtime` or `all`, then perhaps `--no-build`
 * @returns {Promise<number>} the exit code
 */
export async function prepare(args) {
  const wanted = args[0] === 'all' ? 'all' : 'runtime';
  const build = !args.includes('--no-build');
  if (isReady(wanted, build)) return 0;
  stopWithParent();
  try {
    return await withCheckoutLock(join(root, '.prepare.lock'), () => makeReady(wanted, build));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  }
}

/** @param {'runtime' | 'all'} wanted @param {boolean} build */
function isReady(wanted, build) {
  return (
    planInstall(readInstallState(root), wanted) === undefined &&
    existsSync(nodePath) &&
    (!build || targets.every(isUpToDate))
  );
}

/** @param {'runtime' | 'all'} wanted @param {boolean} build */
async function makeReady(wanted, build) {
  const kind = planInstall(readInstallState(root), wanted);
  if (kind !== undefined) await install(kind);
  if (!existsSync(nodePath)) throw new Error(noNodeSentence());
  if (!build || targets.every(isUpToDate)) return 0;
  const { exitCode } = await run(nodePath, [join(root, 'scripts/build.mjs')], {
    cwd: root,
    stdio: 'inherit',
  });
  return exitCode;
}

function noNodeSentence() {
  const here = `${process.platform}-${process.arch}`;
  return here === 'linux-x64' || here === 'linux-arm64'
    ? 'Node 24 is missing from node_modules, although it is one of the dependencies. Delete node_modules and start again.'
    : `HomelabCmd runs on Linux, on x64 and arm64 processors; this is ${here}.`;
}
