import { rmSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import type { HubConfig } from '../../config.ts';
import { type Hub, startHub } from '../../hub.ts';
import { replaceFile } from '../../lib/durable-file.ts';
import { createLogger, type Logger } from '../../lib/log.ts';
import { HUB_VERSION } from '../../lib/version.ts';
import { startLocalAgent } from '../../local-agent.ts';
import { unusedStoreFile } from '../../store/hub-store.ts';
import { placeOf } from '../../store/postgres/connect.ts';
import type { Command } from '../command.ts';
import { giveBackWhenQuiet } from '../quiet-memory.ts';
import { letYoungHeapGrow } from '../young-heap.ts';

const SAME_PRESS_MS = 1000;

export const serve: Command = {
  name: 'serve',
  summary: 'Runs the hub until it is told to stop',
  about: 'Settings come from the environment and from the settings file: docs/configuration.md lists them.',
  operands: [],
  options: {
    'set-up-link': {
      value: 'FILE',
      means:
        'Write the link that makes the first account into FILE, for its owner alone, and do not print it',
    },
  },
  async run(call) {
    const { config } = call.load();
    const logger = createLogger(config.logLevel);
    await using stack = new AsyncDisposableStack();
    const unused = unusedStoreFile(config);
    if (unused !== null)
      logger.warn({ file: unused }, 'the store is in PostgreSQL; what this file holds is not in it');
    const hub = stack.use(await startHub(config, logger));
    letYoungHeapGrow();
    stack.use(giveBackWhenQuiet(logger));
    if (config.hasLocalAgent) {
      stack.use(
        await startLocalAgent({
          hubUrl: hub.localUrl,
          hubKey: hub.publicKey,
          authority: hub.localUrl.startsWith('https:') ? hub.authority : null,
          agentBundle: config.agentBundle,
          stateDir: join(config.dataDir, 'local-agent'),
          logger,
          makeToken: () => hub.enrol(serverIdOfThisMachine()),
        }),
      );
    }
    const linkFile = call.valueOf('set-up-link');
    if (linkFile !== null) stack.use(keepSetUpLink(linkFile, hub));
    call.out.write(welcome(hub, config, linkFile));
    const why = await Promise.race([stopSignal(logger), hub.ended]);
    if (why instanceof Error) {
      logger.fatal({ err: why }, 'the hub lost its store to another, and is stopping');
      return 1;
    }
    logger.info({ signal: why }, 'the hub is stopping');
    return 0;
  },
};

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

/** A log is read by more people than may make the first account. The file goes with the hub, since the link does. */
function keepSetUpLink(path: string, hub: Hub): Disposable {
  const link = setUpLinkOf(hub);
  if (link === null) rmSync(path, { force: true });
  else replaceFile(path, `${link}\n`, false);
  return { [Symbol.dispose]: () => rmSync(path, { force: true }) };
}

const setUpLinkOf = (hub: Hub): string | null =>
  hub.setUpToken === null ? null : `${hub.url}/setup#${hub.setUpToken}`;

function welcome(hub: Hub, config: HubConfig, linkFile: string | null): string {
  const link = setUpLinkOf(hub);
  const { port, pathname } = new URL(hub.url);
  const lines = [
    '',
    `  HomelabCmd ${HUB_VERSION} is running.`,
    '',
    `  Look      ${hub.url}`,
    ...(hub.certificateFingerprint === null
      ? hub.url === hub.localUrl
        ? [
            `  From far  ssh -L ${port}:${config.host}:${port} ${userName()}@${hostname()}   then http://localhost:${port}${pathname}`,
          ]
        : []
      : [
          '            The certificate is from this hub itself, so a browser asks once whether to trust it. It is the right one',
          `            when it shows SHA-256 ${hub.certificateFingerprint}`,
        ]),
    ...(link === null
      ? []
      : [
          `  Begin     ${linkFile === null ? link : `sudo cat ${linkFile}`}   (makes your account; good once, and until the next start)`,
        ]),
    hub.newApiKey === null
      ? '  Sign in   by name, or with your API key (lost? homelabcmd reset-admin makes a new one)'
      : `  Sign in   ${hub.newApiKey}   (this API key is shown once: keep it)`,
    `  Data      ${config.dataDir}`,
    ...(config.databaseUrl === null ? [] : [`  Store     PostgreSQL, ${placeOf(config.databaseUrl)}`]),
    ...(hub.backupFile === null
      ? []
      : [`  Backup    ${hub.backupFile}   (made before the store was changed)`]),
    '  Stop      Ctrl-C',
    '',
    '',
  ];
  return lines.join('\n');
}

/** In a container the user may have a number and no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'USER';
  }
}

/** This machine's name as a server id. */
function serverIdOfThisMachine(): string {
  const slug = (hostname().toLowerCase().split('.')[0] ?? '')
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replace(/^-+/, '');
  return slug.slice(0, 100) || 'this-machine';
}
