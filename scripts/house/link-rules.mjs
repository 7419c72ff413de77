import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** @typedef {import('../check/steps.mjs').Finding} Finding */

/**
 * Links of Markdown files into this repository: the file is there, and so is the heading.
 *
 * @param {string} root @param {string} path @param {string} text
 * @returns {Finding[]}
 */
export function linkProblems(root, path, text) {
  if (!path.endsWith('.md')) return [];
  return withoutCode(text)
    .split('\n')
    .flatMap((content, index) =>
      targetsIn(content).flatMap((target) => {
        const message = targetProblem(root, path, text, target);
        return message === null ? [] : [{ path, line: index + 1, rule: 'house(link)', message }];
      }),
    );
}

/** Code is no link, whatever it looks like. Lines keep their numbers. @param {string} text */
function withoutCode(text) {
  return text
    .replaceAll(/^ *(```|~~~)[\s\S]*?^ *\1/gm, (block) => block.replaceAll(/[^\n]/g, ''))
    .replaceAll(/`[^`\n]*`/g, '');
}

/** `[words](target)`, `![picture](target "title")` and `[label]: target`. @param {string} line */
function targetsIn(line) {
  const patterns = [/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g, /^\[[^\]]+\]: +<?(\S+?)>?$/g];
  return patterns.flatMap((pattern) => [...line.matchAll(pattern)].map((match) => match[1] ?? ''));
}

/** @param {string} root @param {string} path @param {string} text @param {string} target */
function targetProblem(root, path, text, target) {
  if (/^[a-z][a-z+.-]*:/i.test(target)) return null;
  const [file = '', heading = ''] = target.split('#').map(decodeURIComponent);
  const linked = file === '' ? path : normalize(join(file.startsWith('/') ? '' : dirname(path), file));
  if (linked.startsWith('..') || !existsSync(join(root, linked))) return `there is no ${linked}`;
  if (heading === '' || !linked.endsWith('.md')) return null;
  const linkedText = file === '' ? text : readFileSync(join(root, linked), 'utf8');
  return headingsOf(linkedText).has(heading) ? null : `${linked} has no heading #${heading}`;
}

/** The names that headings get where Markdown is shown; a second one of the same words gets `-1`. @param {string} text */
function headingsOf(text) {
  const names = new Set();
  for (const [, words = ''] of text.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const name = words
      .toLowerCase()
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, '')
      .replaceAll(' ', '-');
    let unique = name;
    for (let count = 1; names.has(unique); count += 1) unique = `${name}-${count}`;
    names.add(unique);
  }
  return names;
}
