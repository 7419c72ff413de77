import { startAgent } from './agent.ts';
import { ConfigError, readConfig } from './config.ts';
import { jsonLines, type Level, type Log, messageOf } from './log.ts';

/** The agent's process: settings, signals and exit codes. 78 (EX_CONFIG) says that starting again would not help. */
const EXIT_CONFIG = 78;
const STOP_TIMEOUT_MS = 3000;
const LEVELS: readonly Level[] = ['info', 'warn', 'error'];

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const write = jsonLines((line) => process.stdout.write(line));
  const log: Log = (level, msg, fields) => {
    if (LEVELS.indexOf(level) >= LEVELS.indexOf(config.logLevel)) write(level, msg, fields);
  };
  // The log goes to a pipe that may close before the agent does.
  process.stdout.on('error', () => undefined);
  const agent = await startAgent(config, { log });

  let stopping = false;
  const stop = (why: string) => {
    if (stopping) return;
    stopping = true;
    log('info', 'the agent stops', { why });
    setTimeout(() => process.exit(0), STOP_TIMEOUT_MS).unref();
    void Promise.resolve(agent[Symbol.asyncDispose]()).finally(() => process.exit(0));
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  if (config.exitWithParent) {
    process.stdin.on('end', () => stop('its parent has gone'));
    process.stdin.on('error', () => stop('its parent has gone'));
    process.stdin.resume();
  }
}

process.on('uncaughtException', (cause) => {
  jsonLines((line) => process.stdout.write(line))('error', 'the agent made a mistake and stops', {
    problem: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause),
  });
  process.exitCode = 1;
  setTimeout(() => process.exit(1), 100);
});

main().catch((cause: unknown) => {
  process.stderr.write(`${messageOf(cause)}\n`);
  process.exit(cause instanceof ConfigError ? EXIT_CONFIG : 1);
});
