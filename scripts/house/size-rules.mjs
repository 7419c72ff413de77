/** @typedef {import('../check/steps.mjs').Finding} Finding */

const maxLines = 300;
const maxFilesInFolder = 12;
const sourceFile = /\.(tsx?|mjs|css|sh)$/;
const testFile = /\.test\.(tsx?|mjs)$/;

/** Names that say nothing of what is inside, and so take in everything. */
const emptyName = /^(shared|utils?|helpers?|managers?|common|misc)(\.\w+)*$/i;

/** @param {string} path @param {string} text @returns {Finding[]} */
export function lineCountProblem(path, text) {
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  if (!sourceFile.test(path) || lines <= maxLines) return [];
  return [
    {
      path,
      line: maxLines + 1,
      rule: 'house(file-lines)',
      message: `${lines} lines, of at most ${maxLines}`,
    },
  ];
}

/** @param {string[]} paths @returns {Finding[]} */
export function folderProblems(paths) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const path of paths.filter((one) => sourceFile.test(one) && !testFile.test(one))) {
    const folder = path.split('/').slice(0, -1).join('/') || '.';
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [
    ...[...counts]
      .filter(([, count]) => count > maxFilesInFolder)
      .map(([path, count]) => ({
        path,
        line: 1,
        rule: 'house(folder-files)',
        message: `${count} source files, of at most ${maxFilesInFolder}`,
      })),
    ...paths
      .filter((path) => path.split('/').some((part) => emptyName.test(part)))
      .map((path) => ({ path, line: 1, rule: 'house(names)', message: 'a name should say what is inside' })),
  ];
}
