/**
 * `npm run lab`: three real systemd servers on this machine, a hub, and real agents installed as on any server.
 * HOMELABCMD_HOST and HOMELABCMD_PORT say where the hub listens (127.0.0.1:8080). Ctrl-C removes everything.
 */
import { api } from '@homelabcmd/protocol';
import { type DemoHub, startHub } from './demo/hub.ts';
import { DEMO_SERVERS, type DemoServer } from './demo/services.ts';
import { installAgent, type Lab, labProblem, type LabServer, openLab } from './index.ts';

async function bringUp(lab: Lab, hub: DemoHub, demo: DemoServer): Promise<LabServer> {
  const server = await lab.boot(demo.id, {
    units: demo.units,
    enable: Object.keys(demo.units).filter((unit) => !demo.stopped.includes(unit)),
  });
  const enrolment = await hub.post(`/servers/${demo.id}/enrolment`, {});
  const { token } = api.enrolServer.response.parse(enrolment);
  for (const service of demo.expected) await hub.post(`/servers/${demo.id}/services`, service);
  await installAgent(server, { hubUrl: hub.localUrl, token, allow: demo.allow });
  console.log(`  ${demo.id} is up, its agent installed`);
  return server;
}

function explain(hub: DemoHub, servers: LabServer[]): void {
  const port = new URL(hub.url).port;
  const lines = [
    '',
    `  Look      ${hub.url}`,
    `  Begin     ${hub.setUpLink()}   (makes your account)`,
    `  Sign in   ${hub.apiKey}   (or with this key)`,
    `  From far  ssh -L ${port}:127.0.0.1:${port} <this machine>`,
    '',
    '  media-01   sonarr came up before its disk and failed: ask for a restart, approve it, and see it run',
    '  nas-01     photoprism crashes again and again',
    '  pi-garage  only watches: zigbee2mqtt has failed, and the page says what to type there to allow a restart',
    '',
    '  A shell on a server:',
    ...servers.map((server) => `    ${server.name.padEnd(10)} sudo nsenter -a -t ${server.pid} bash`),
    '',
    '  Stop      Ctrl-C',
    '',
  ];
  console.log(lines.join('\n'));
}

async function main(): Promise<void> {
  const problem = labProblem();
  if (problem !== null) throw new Error(problem);
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  const host = process.env['HOMELABCMD_HOST'] ?? '127.0.0.1';
  const port = Number(process.env['HOMELABCMD_PORT'] ?? 8080);
  console.log('\n  Starting a hub and three servers …');
  await using stack = new AsyncDisposableStack();
  const hub = stack.use(await startHub(host, port));
  const lab = stack.use(await openLab());
  const servers = Promise.all(DEMO_SERVERS.map((demo) => bringUp(lab, hub, demo)));
  const interrupted = await Promise.race([servers.then(() => false), stopped.then(() => true)]);
  if (!interrupted) {
    explain(hub, await servers);
    await Promise.race([stopped, hub.ended]);
  }
  servers.catch(() => {}); // what was still coming up is being removed
  console.log('  Removing the lab …');
}

await main().catch((error: unknown) => {
  console.error(`\n  ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
