/**
 * @typedef {{ passed: number, failed: number, skipped: { name: string, reason: string }[] }} Results
 */

/**
 * Counts tests. What failed outside a test counts as a failure of its own: a file that cannot be loaded, a hook, an error
 * that nobody caught.
 *
 * @param {import('vitest/node').TestModule[]} modules
 * @param {number} unhandledErrors
 * @returns {Results}
 */
export function countResults(modules, unhandledErrors) {
  /** @type {Results} */
  const results = { passed: 0, failed: unhandledErrors, skipped: [] };
  for (const module of modules) {
    for (const group of [module, ...module.children.allSuites()]) results.failed += group.errors().length;
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (result.state === 'passed') results.passed += 1;
      else if (result.state === 'skipped') results.skipped.push(describeSkip(module, test, result.note));
      else results.failed += 1;
    }
  }
  return results;
}

/** @param {Results} results */
export function lastLine({ passed, failed, skipped }) {
  const rest = skipped.length > 0 ? `, ${skipped.length} skipped` : '';
  return `${passed} passed, ${failed} failed${rest}`;
}

/**
 * @param {import('vitest/node').TestModule} module
 * @param {import('vitest/node').TestCase} test
 * @param {string | undefined} note
 */
function describeSkip(module, test, note) {
  return { name: `${module.relativeModuleId} > ${test.fullName}`, reason: note ?? 'no reason given' };
}
