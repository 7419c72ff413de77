import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';
import { devSettings } from './config.ts';
import { demoServers, stirDemo } from './demo-fleet.ts';
import { startFleet } from './fleet.ts';

/** A fleet for the one who works on the dashboard: everything in one process, no root, pages rebuilt as they change. */
async function main(): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const fleet = stack.use(await startFleet(demoServers, devSettings()));
  const vite = await createServer({
    root: fileURLToPath(new URL('../../dashboard', import.meta.url)),
    // The host stays what the browser asked for, or the hub would take the page for another site's.
    server: { host: '127.0.0.1', proxy: { '/api': { target: fleet.hub.url, changeOrigin: false } } },
    logLevel: 'warn',
  });
  stack.defer(() => vite.close());
  await vite.listen();
  stack.use(stirDemo(fleet));
  console.log(`
  A fleet of ${fleet.servers.size} servers, in one process.

  Pages     ${vite.resolvedUrls?.local[0] ?? ''}   (rebuilt as you change them)
  Hub       ${fleet.hub.url}
  Sign in   ${fleet.apiKey}

  Now and then a service fails. Ctrl-C ends everything.
`);
  await new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
}

await main();
process.exit(0);
