import './link/schemas-without-eval.ts';
import os from 'node:os';
import { startAgent } from './agent.ts';
import type { World } from './commands/command.ts';
import { PLACES, readSettings } from './commands/places.ts';
import { runCommand } from './commands/run.ts';
import { ConfigError, readConfig } from './config.ts';
import { jsonLines, type Level, type Log, messageOf } from './log.ts';
import { catalogueOverDbus } from './systemd/dbus.ts';
import { journalByJournalctl } from './systemd/journal.ts';

/**
 * The process: without a word, or with `run`, it is the agent; any other word is a command (`commands/`).
 * Of the agent, exit code 78 (EX_CONFIG) says that starting again would not help.
 */
const EXIT_CONFIG = 78;
const STOP_TIMEOUT_MS = 3000;
const LEVELS: readonly Level[] = ['info', 'warn', 'error'];

async function runAgent(): Promise<void> {
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

/** The machine as it is. Who may read the settings is who a command of root's is for; for others they are as by default. */
const world = (): World => ({
  env: readableSettings(),
  uid: process.getuid?.() ?? 0,
  ownerUid: 0,
  hostname: os.hostname(),
  places: PLACES,
  openCatalogue: catalogueOverDbus,
  readJournal: journalByJournalctl(),
  say: (line) => void process.stdout.write(`${line}\n`),
  note: (line) => void process.stderr.write(`${line}\n`),
});

function readableSettings(): World['env'] {
  try {
    return readSettings(PLACES.settings);
  } catch {
    return {};
  }
}

async function main(): Promise<void> {
  const words = process.argv.slice(2);
  const isAgent = words.length === 0 || (words.length === 1 && words[0] === 'run');
  if (!isAgent) {
    process.exitCode = await runCommand(words, world());
    return;
  }
  process.on('uncaughtException', (cause) => {
    jsonLines((line) => process.stdout.write(line))('error', 'the agent made a mistake and stops', {
      problem: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause),
    });
    process.exitCode = 1;
    setTimeout(() => process.exit(1), 100);
  });
  await runAgent();
}

main().catch((cause: unknown) => {
  process.stderr.write(`${messageOf(cause)}\n`);
  process.exit(cause instanceof ConfigError ? EXIT_CONFIG : 1);
});
