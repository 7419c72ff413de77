/** @typedef {import('../check/steps.mjs').Finding} Finding */

/**
 * What no file may say. Patterns here are written so that they do not match themselves.
 * @type {{ rule: string, pattern: RegExp, in?: RegExp, message: string }[]}
 */
const rules = [
  {
    rule: 'house(suppression)',
    pattern:
      /(ox|es)lint-disabl[e]|biome-ignor[e]|@ts-(ignor[e]|expect-erro[r]|nochec[k])|istanbul ignor[e]|v8 ignor[e]/,
    message: 'no check may be switched off in the code',
  },
  {
    rule: 'house(unfinished)',
    pattern: /\b(TOD[O]|FIXM[E]|XX[X]|HAC[K])\b/,
    message: 'finish it, or file an issue',
  },
  {
    rule: 'house(machine)',
    pattern: /(^|[\s"'`(=:])\/(work|home\/\w|Users\/\w)[/\w]/,
    message: 'a path of one machine means nothing on another',
  },
  {
    rule: 'house(machine)',
    pattern: /(^|[\s"'`(=:])\/tmp\/\w/,
    in: /\.md$/,
    message: 'a path of one machine means nothing on another',
  },
  {
    rule: 'house(registry)',
    pattern: /\b(registry|deb|security|pypi|mirrors?|files)\.[a-z0-9-]+\.(org|com|io|net|dev)\b/,
    message: 'packages are named, the places they come from are not',
  },
];

/** @param {string} path @param {string} text @returns {Finding[]} */
export function textProblems(path, text) {
  const applicable = rules.filter((rule) => rule.in?.test(path) ?? true);
  return text
    .split('\n')
    .flatMap((content, index) =>
      applicable
        .filter(({ pattern }) => pattern.test(content))
        .map(({ rule, message }) => ({ path, line: index + 1, rule, message })),
    );
}
