import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './child.mjs';
import { countPackages, readInstallState } from './install-state.mjs';
import { startProgress } from './progress.mjs';
import { root } from './root.mjs';

const what = { runtime: 'what the hub needs to run', all: 'everything that development needs' };

/**
 * Installs by the lock file. npm's own words are kept back, and shown when it fails.
 *
 * @param {'runtime' | 'all'} kind
 */
export async function install(kind) {
  const total = countPackages(readInstallState(root).locked, kind);
  // npm deletes the old packages in no particular order: if it is killed while it does, this record must not survive them.
  rmSync(join(root, 'node_modules/.package-lock.json'), { force: true });
  let fetched = 0;
  /** @type {string[]} */
  const words = [];
  const progress = startProgress(
    `Installing ${what[kind]}`,
    () => `${Math.min(fetched, total)} of about ${total} packages`,
  );
  const { exitCode } = await run('npm', npmArguments(kind), {
    cwd: root,
    onLine: (line) => {
      if (/^npm http (fetch|cache) .*\.tgz/.test(line)) fetched += 1;
      else if (!/^npm (http|warn)/.test(line)) words.push(line);
    },
  });
  if (exitCode !== 0) {
    progress.end('failed');
    throw new Error(
      `${words.slice(-25).join('\n')}\nnpm could not install the dependencies (exit code ${exitCode}).`,
    );
  }
  progress.end('done');
}

/** @param {'runtime' | 'all'} kind */
function npmArguments(kind) {
  const quiet = ['--no-audit', '--no-fund', '--no-progress', '--loglevel=http'];
  return ['ci', '--ignore-scripts', kind === 'runtime' ? '--omit=dev' : '--include=dev', ...quiet];
}
