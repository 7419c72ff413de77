/**
 * Who imports whom. The tables are the law; the functions below them only apply it. All paths start at the root.
 */

/**
 * Which packages the code in a folder may import by name. A package imports another by its name only, never by a path.
 * @type {Record<string, string[]>}
 */
const packages = {
  'packages/protocol': [],
  'packages/hub': ['protocol'],
  'packages/agent': ['protocol'],
  'packages/dashboard': ['protocol'],
  'packages/testkit': ['protocol', 'hub', 'agent'],
};

/** The packages' tests, and all that stands outside `packages`, may use these. */
const testsImport = ['protocol', 'testkit'];
const outsideImports = ['protocol', 'testkit', 'hub', 'agent'];

/**
 * The floors of a package, and of the proofs, lowest first: a file imports from its own floor or a lower one, never from
 * a higher one. `*` is any folder that is not named; `/` is the files that lie directly in the folder. Of the folders
 * that share a floor marked `apart`, none imports another.
 * @type {Record<string, { rooms: string[], apart?: boolean }[]>}
 */
const floors = {
  'packages/hub/src': [
    { rooms: ['lib'] },
    { rooms: ['store'] },
    { rooms: ['events'] },
    { rooms: ['*'], apart: true },
    { rooms: ['link', 'http'], apart: true },
    { rooms: ['wiring'] },
    { rooms: ['/'] },
    { rooms: ['hub.ts'] },
    { rooms: ['cli'] },
    { rooms: ['main.ts'] },
  ],
  'packages/dashboard/src': [
    { rooms: ['lib'] },
    { rooms: ['ui'] },
    { rooms: ['api'] },
    { rooms: ['features/*'], apart: true },
    { rooms: ['app', '*'] },
    { rooms: ['/'] },
  ],
  proofs: [
    { rooms: ['report', 'processes'], apart: true },
    { rooms: ['world'] },
    { rooms: ['*'], apart: true },
  ],
};

/**
 * Modules that only some places may import. Tests and what stands outside `packages` are free, `protocol` apart.
 * @type {{ module: RegExp, in?: string, only: string[], why: string }[]}
 */
const modules = [
  {
    module: /^(node:)?child_process$/,
    only: [
      'packages/agent/src/systemd/journal.ts',
      'packages/agent/src/release/run-program.ts',
      'packages/hub/src/local-agent.ts',
      'packages/testkit/',
    ],
    why: 'processes are started in three files only',
  },
  {
    module: /^dbus-native/,
    only: ['packages/agent/src/systemd/'],
    why: 'only the systemd folder speaks D-Bus',
  },
  { module: /^(node:)?process$/, only: [], why: 'the environment is read in config.ts, from the global' },
  {
    module: /^(?!zod$|\.|node:crypto$)/,
    in: 'packages/protocol/src/link/',
    only: [],
    why: 'what is signed depends on zod and node:crypto alone',
  },
  {
    module: /^(?!zod$|\.|node:crypto$)/,
    in: 'packages/protocol/src/approval/',
    only: [],
    why: 'what is signed depends on zod and node:crypto alone',
  },
  {
    module: /^(?!zod$|\.)/,
    in: 'packages/protocol/src/',
    only: ['packages/protocol/src/link/', 'packages/protocol/src/approval/'],
    why: 'protocol depends on zod alone',
  },
  {
    module: /^@homelabcmd\/protocol\/(?:link|approval)$/,
    in: 'packages/dashboard/',
    only: [],
    why: 'a browser has no node:crypto',
  },
];

/**
 * @param {string} file the importing file
 * @param {string} specifier what it imports, as written
 * @returns {string | undefined} what is wrong with it
 */
export function importProblem(file, specifier) {
  return moduleProblem(file, specifier) ?? packageProblem(file, specifier) ?? floorProblem(file, specifier);
}

/** @param {string} file */
function isTest(file) {
  return /\.test\.tsx?$|\.test\.mjs$|^packages\/[^/]+\/(test|src\/testing)\//.test(file);
}

/** @param {string} file @param {string} specifier */
function moduleProblem(file, specifier) {
  if (isTest(file) || !file.startsWith('packages/')) return undefined;
  const rule = modules.find(
    (one) =>
      one.module.test(specifier) &&
      file.startsWith(one.in ?? '') &&
      !one.only.some((place) => file.startsWith(place)),
  );
  return rule && `${specifier} may not be imported here: ${rule.why}`;
}

/** @param {string} file @param {string} specifier */
function packageProblem(file, specifier) {
  const home = packageOf(file);
  const target = resolve(file, specifier);
  if (target !== undefined) {
    const there = packageOf(target);
    if (there !== home && there !== undefined)
      return `import @homelabcmd/${there.slice(9)} by its name, not by a path`;
    const leaves = home !== undefined && target !== home && !target.startsWith(`${home}/`);
    if (leaves && file.startsWith(`${home}/src/`) && !isTest(file))
      return `a package may not import ${target}`;
  }
  const name = /^@homelabcmd\/([^/]+)/.exec(specifier)?.[1];
  if (name === undefined) return undefined;
  const allowed =
    home === undefined ? outsideImports : (packages[home] ?? []).concat(isTest(file) ? testsImport : []);
  return allowed.includes(name) ? undefined : `${home ?? 'this folder'} may not import @homelabcmd/${name}`;
}

/** @param {string} file @param {string} specifier */
function floorProblem(file, specifier) {
  const target = resolve(file, specifier);
  const source = Object.keys(floors).find((folder) => file.startsWith(`${folder}/`));
  if (isTest(file) || target === undefined || !source || !target.startsWith(`${source}/`)) return undefined;
  const from = placeOf(source, file);
  const to = placeOf(source, target);
  if (from.room === to.room) return undefined;
  if (to.floor > from.floor) return `${from.room} may not import ${to.room}, which stands above it`;
  return to.floor === from.floor && from.apart
    ? `${from.room} and ${to.room} may not import each other`
    : undefined;
}

/** @param {string} source @param {string} file which floor a file stands on, and in which room of it */
function placeOf(source, file) {
  const rooms = roomNames(file.slice(source.length + 1));
  const table = floors[source] ?? [];
  for (const { pattern, room } of rooms) {
    const floor = table.findIndex((one) => one.rooms.includes(pattern));
    if (floor >= 0) return { floor, room, apart: table[floor]?.apart ?? false };
  }
  throw new Error(`the zones name no floor for ${file}`);
}

/** @param {string} path from `src` @returns {{ pattern: string, room: string }[]} the closest pattern first */
function roomNames(path) {
  const [first = '', second, third] = path.split('/');
  if (second === undefined) return [first, '/'].map((pattern) => ({ pattern, room: first }));
  const nested = third === undefined ? [] : [{ pattern: `${first}/*`, room: `${first}/${second}` }];
  return [...nested, { pattern: first, room: first }, { pattern: '*', room: first }];
}

/** @param {string} path @returns {string | undefined} such as `packages/hub` */
function packageOf(path) {
  return /^packages\/[^/]+/.exec(path)?.[0];
}

/** @param {string} file @param {string} specifier @returns {string | undefined} the path that a relative import names */
function resolve(file, specifier) {
  if (!specifier.startsWith('.')) return undefined;
  return new URL(specifier, `file:///${file}`).pathname.slice(1);
}
