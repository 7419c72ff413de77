/**
 * Makes a checkout ready to run: `node scripts/prepare.mjs runtime|all [--no-build]`.
 *
 * `runtime` installs what the hub needs, `all` adds the tools of development. Both then build what has changed.
 * Nothing may be imported here, nor in `prepare/`, that is not part of Node 20: this runs before there is a
 * node_modules. What comes after it in package.json runs on the Node 24 that it installed.
 */
const [major = 0] = process.versions.node.split('.').map(Number);

if (major < 20) {
  console.error(`HomelabCmd needs Node.js 20 or newer to start; this is ${process.version}.`);
  process.exitCode = 1;
} else {
  const { prepare } = await import('./prepare/main.mjs');
  process.exitCode = await prepare(process.argv.slice(2));
}
