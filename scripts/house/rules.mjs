import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { linkProblems } from './link-rules.mjs';
import { lockFileProblems, manifestProblems } from './package-rules.mjs';
import { folderProblems, lineCountProblem } from './size-rules.mjs';
import { textProblems } from './text-rules.mjs';

/**
 * The house rules that look at files as text, and at folders.
 *
 * @param {string} root
 * @returns {import('../check/steps.mjs').Finding[]}
 */
export function findHouseProblems(root) {
  const paths = listFiles(root);
  return [
    ...folderProblems(paths),
    ...paths.flatMap((path) => {
      const bytes = readFileSync(join(root, path));
      if (bytes.includes(0)) return [];
      const text = bytes.toString('utf8');
      if (path === 'package-lock.json') return lockFileProblems(path, text);
      return [
        ...lineCountProblem(path, text),
        ...textProblems(path, text),
        ...manifestProblems(path, text),
        ...linkProblems(root, path, text),
      ];
    }),
  ];
}

/** What git has, and what it would take. @param {string} root */
function listFiles(root) {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git could not list the files: ${stderr}`);
  return stdout.split('\0').filter((path) => path !== '' && existsSync(join(root, path)));
}
