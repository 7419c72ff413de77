import { importProblem } from './zones.mjs';

/** The house rules that need to see the code's structure. oxlint runs them beside its own, in the check and in editors. */

const maxFunctionLines = 60;
const groupsOfTests = new Set(['describe', 'suite']);

/** @type {Rule} every import, export-from, dynamic import and import type goes through the zones */
const zones = {
  create(context) {
    const file = context.filename.slice(context.cwd.length + 1);
    /** @param {Node} node @param {Node | null | undefined} source */
    const check = (node, source) => {
      if (typeof source?.value !== 'string') return;
      const message = importProblem(file, source.value);
      if (message !== undefined) context.report({ node, message });
    };
    return {
      ImportDeclaration: (node) => check(node, node.source),
      ExportNamedDeclaration: (node) => check(node, node.source),
      ExportAllDeclaration: (node) => check(node, node.source),
      ImportExpression: (node) => check(node, node.source),
      TSImportType: (node) => check(node, node.source),
    };
  },
};

/** @type {Rule} a function has at most 60 lines; the one given to `describe` is a list of functions */
const functionLines = {
  create(context) {
    /** @param {Node} node */
    const check = (node) => {
      const lines = node.loc.end.line - node.loc.start.line + 1;
      if (lines <= maxFunctionLines || isGroupOfTests(node)) return;
      context.report({ node, message: `this function has ${lines} lines, of at most ${maxFunctionLines}` });
    };
    return { FunctionDeclaration: check, FunctionExpression: check, ArrowFunctionExpression: check };
  },
};

/** @param {Node} node */
function isGroupOfTests({ parent }) {
  if (parent?.type !== 'CallExpression') return false;
  let callee = parent.callee;
  while (callee?.object ?? callee?.callee) callee = callee.object ?? callee.callee;
  return groupsOfTests.has(callee?.name ?? '');
}

export default { meta: { name: 'house' }, rules: { zones, 'function-lines': functionLines } };

/**
 * As much of ESLint's types as is used here.
 * @typedef {{
 *   type: string, loc: { start: { line: number }, end: { line: number } }, parent?: Node,
 *   source?: Node | null, value?: unknown, name?: string, callee?: Node, object?: Node,
 * }} Node
 * @typedef {{ filename: string, cwd: string, report: (finding: { node: Node, message: string }) => void }} Context
 * @typedef {{ create: (context: Context) => Record<string, (node: Node) => void> }} Rule
 */
