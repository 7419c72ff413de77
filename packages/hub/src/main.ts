import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { ConfigError, type HubConfig, readConfig } from './config.ts';
import { type Hub, HUB_VERSION, startHub } from './hub.ts';
import { createLogger, type Logger } from './lib/log.ts';
import { startLocalAgent } from './local-agent.ts';

const OLDEST_NODE = [24, 7] as const;
const SAME_PRESS_MS = 1000;

async function main(): Promise<number> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    return complain(
      `The hub needs Node ${OLDEST_NODE.join('.')} or newer; this is Node ${process.versions.node}.`,
    );
  }
  const config = readConfig(process.env);
  const logger = createLogger(config.logLevel);
  await using stack = new AsyncDisposableStack();
  const hub = stack.use(await startHub(config, logger));
  if (config.hasLocalAgent) {
    stack.use(
      await startLocalAgent({
        hubUrl: hub.url,
        agentBundle: config.agentFiles.agentBundle,
        stateDir: join(config.dataDir, 'local-agent'),
        logger,
        makeToken: () => hub.enrol(serverIdOfThisMachine()),
      }),
    );
  }
  process.stdout.write(welcome(hub, config));
  const signal = await stopSignal(logger);
  logger.info({ signal }, 'the hub is stopping');
  return 0;
}

/**
 * Resolves with the first signal to stop. A later one ends the process at once; one that comes right behind the first
 * is the same Ctrl-C, which the terminal and npm both pass on.
 */
function stopSignal(logger: Logger): Promise<string> {
  return new Promise((resolve) => {
    let firstMs: number | null = null;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        firstMs ??= performance.now();
        if (performance.now() - firstMs > SAME_PRESS_MS) process.exit(130);
        resolve(signal);
      });
    }
    process.on('uncaughtException', (error) => {
      // What happened is not known, so the process is not to be trusted: say so and end.
      logger.fatal({ err: error }, 'an error that nobody caught');
      process.exit(70);
    });
  });
}

function welcome(hub: Hub, config: HubConfig): string {
  const { port, pathname } = new URL(hub.url);
  const lines = [
    '',
    `  HomelabCmd ${HUB_VERSION} is running.`,
    '',
    `  Look      ${hub.url}`,
    `  From far  ssh -L ${port}:${config.host}:${port} ${userInfo().username}@${hostname()}   then http://localhost:${port}${pathname}`,
    hub.newApiKey === null
      ? '  Sign in   with your API key (lost? start once with HOMELABCMD_API_KEY set to a new one of 32 characters or more)'
      : `  Sign in   ${hub.newApiKey}   (this API key is shown once: keep it)`,
    `  Data      ${config.dataDir}`,
    ...(hub.backupFile === null
      ? []
      : [`  Backup    ${hub.backupFile}   (made before the store was changed)`]),
    '  Stop      Ctrl-C',
    '',
    '',
  ];
  return lines.join('\n');
}

/** This machine's name as a server id. */
function serverIdOfThisMachine(): string {
  const slug = (hostname().toLowerCase().split('.')[0] ?? '')
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replace(/^-+/, '');
  return slug.slice(0, 100) || 'this-machine';
}

function complain(sentence: string): number {
  process.stderr.write(`\n${sentence}\n\n`);
  return 1;
}

function explain(error: unknown): number {
  const fault = (error ?? {}) as { code?: string; address?: string; port?: number };
  const { code, address: host, port } = fault;
  if (error instanceof ConfigError)
    return complain(`The hub cannot start with these settings.\n${error.message}`);
  if (code === 'EADDRINUSE') {
    return complain(
      `Port ${port} on ${host} is taken. Stop what uses it, or choose another: HOMELABCMD_PORT=8090 npm start`,
    );
  }
  if (code === 'EACCES') return complain(`This user may not listen on port ${port} of ${host}.`);
  if (code === 'EADDRNOTAVAIL') return complain(`This machine has no address ${host}. Set HOMELABCMD_HOST.`);
  return complain(`The hub cannot start: ${error instanceof Error ? error.message : String(error)}`);
}

process.exitCode = await main().catch(explain);
