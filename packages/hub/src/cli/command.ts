import type { Writable } from 'node:stream';
import type { GivenSettings, LoadedConfig } from '../config.ts';

export interface Option {
  /** The word that stands for its value in the usage; `null` for a switch. */
  readonly value: string | null;
  readonly means: string;
}

/** One sub-command of `homelabcmd`. A new one is one file and one line in the registry. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What else there is to know before one uses it. */
  readonly about: string;
  /** The words that follow its name, as they stand in the usage: `FILE`, `[status|run]`. */
  readonly operands: readonly string[];
  readonly options: Readonly<Record<string, Option>>;
  /** @returns the exit code */
  run(call: Call): Promise<number>;
}

/** How a command was called, and what it may use. */
export interface Call {
  readonly operands: readonly string[];
  has(option: string): boolean;
  valueOf(option: string): string | null;
  /** Reads the settings. @throws ConfigError */
  load(): LoadedConfig;
  /** As the command was started with it; the settings of the hub are read by `load`. */
  readonly environment: GivenSettings;
  readonly out: Writable;
  /** One line on standard output. */
  say(line: string): void;
  /** One line on standard error, where standard output is for data. */
  note(line: string): void;
  readonly commands: readonly Command[];
}

/** The command was called in a way that it cannot be: exit code 2. */
export class UsageError extends Error {}
