/** Checks the house: format, lint, types, dead code and the house rules. Prints `path:line rule: message`, fails on any. */
import { steps } from './check/steps.mjs';

let total = 0;
const startedAt = performance.now();
for (const { name, find } of steps) {
  const stepStartedAt = performance.now();
  const findings = await find();
  const ms = Math.round(performance.now() - stepStartedAt);
  console.log(`${findings.length === 0 ? 'ok  ' : 'FAIL'} ${name.padEnd(22)} ${String(ms).padStart(6)} ms`);
  const lines = findings.map(({ path, line, rule, message }) => `     ${path}:${line} ${rule}: ${message}`);
  if (lines.length > 0) console.log(lines.sort().join('\n'));
  total += findings.length;
}
const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
console.log(total === 0 ? `The house is in order (${seconds} s).` : `${total} findings (${seconds} s).`);
process.exitCode = total === 0 ? 0 : 1;
