/**
 * Turns what each tool prints into findings. A tool that fails without a finding has itself gone wrong, and what it said
 * becomes the finding, so that a broken tool never looks like a clean house.
 *
 * @typedef {import('./steps.mjs').Finding} Finding
 * @typedef {{ name: string, exitCode: number, output: string }} ToolRun
 */

/** @param {ToolRun} run */
export function readBiome(run) {
  return readJson(run, (/** @type {BiomeReport} */ { diagnostics }) =>
    diagnostics.map(({ category, message, location }) => {
      const unformatted = category === 'format' && message.startsWith('Formatter would');
      const text = unformatted ? 'not formatted; npm run format does it' : message;
      return { path: location?.path ?? '.', line: location?.start?.line || 1, rule: category, message: text };
    }),
  );
}

/** @param {ToolRun} run */
export function readOxlint(run) {
  return readJson(run, (/** @type {OxlintReport} */ { diagnostics }) =>
    diagnostics.map(({ code, message, filename, labels }) => ({
      path: filename ?? '.',
      line: labels?.[0]?.span.line ?? 1,
      rule: code ?? 'oxlint',
      message,
    })),
  );
}

/** @param {ToolRun} run */
export function readTsc(run) {
  const findings = [...run.output.matchAll(/^(.+?)\((\d+),\d+\): error (TS\d+): (.*)$/gm)].map(
    ([, path = '', line, rule = '', message = '']) => ({ path, line: Number(line), rule, message }),
  );
  return orFailure(run, findings);
}

/** @param {ToolRun} run */
export function readKnip(run) {
  return readJson(run, (/** @type {KnipReport} */ { issues }) =>
    issues.flatMap(({ file, ...kinds }) =>
      Object.entries(kinds).flatMap(([kind, found]) =>
        found.flat().map(({ name, line }) => ({
          path: file,
          line: line ?? 1,
          rule: `knip(${kind})`,
          message: knipMessages[kind]?.(name) ?? name,
        })),
      ),
    ),
  );
}

/** @type {Record<string, (name: string) => string>} */
const knipMessages = {
  files: () => 'nothing uses this file',
  dependencies: (name) => `nothing uses the dependency ${name}`,
  devDependencies: (name) => `nothing uses the dependency ${name}`,
  exports: (name) => `nothing imports ${name}`,
  types: (name) => `nothing imports the type ${name}`,
  unlisted: (name) => `${name} is not in the package's dependencies`,
  unresolved: (name) => `${name} cannot be found`,
};

/**
 * @template Report
 * @param {ToolRun} run
 * @param {(report: Report) => Finding[]} read
 */
function readJson(run, read) {
  try {
    const start = run.output.indexOf('{');
    return orFailure(run, read(JSON.parse(run.output.slice(start, run.output.lastIndexOf('}') + 1))));
  } catch {
    return orFailure({ ...run, exitCode: run.exitCode || 1 }, []);
  }
}

/** @param {ToolRun} run @param {Finding[]} findings @returns {Finding[]} */
function orFailure({ name, exitCode, output }, findings) {
  if (exitCode === 0 || findings.length > 0) return findings;
  return [{ path: '.', line: 1, rule: name, message: `failed with exit code ${exitCode}:\n${output}` }];
}

/**
 * @typedef {{ diagnostics: { category: string, message: string, location?: { path: string, start?: { line: number } } }[] }} BiomeReport
 * @typedef {{ diagnostics: { code?: string, message: string, filename?: string, labels?: { span: { line: number } }[] }[] }} OxlintReport
 * @typedef {{ issues: ({ file: string } & Record<string, { name: string, line?: number }[]>)[] }} KnipReport
 */
