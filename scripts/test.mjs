/** Runs the tests; arguments are vitest's own. The last line is always `N passed, N failed`, with `, N skipped` if any were. */
import { parseCLI, startVitest } from 'vitest/node';
import { countResults, lastLine } from './test/results.mjs';

const { filter, options } = parseCLI(['vitest', 'run', ...process.argv.slice(2)]);
const vitest = await startVitest(filter, { ...options, watch: false });
const results = countResults(vitest.state.getTestModules(), vitest.state.getUnhandledErrors().length);
await vitest.close();

for (const { name, reason } of results.skipped) console.log(`skipped: ${name} (${reason})`);
console.log(lastLine(results));
// A test that left something open must not keep the run from ending.
process.exit(results.passed === 0 || results.failed > 0 ? 1 : 0);
