import type { Env, ServerConfig } from '../config.ts';
import type { JournalReader } from '../systemd/port.ts';
import type { OpenCatalogue } from '../systemd/unit-catalogue.ts';
import type { Places } from './places.ts';

/** As `sysexits.h` numbers them, where it has a number. */
export const EXIT = { done: 0, notDone: 1, calledWrongly: 64, notRoot: 77, badSettings: 78 } as const;

/** One sub-command of `homelabcmd-agent`. A new one is one file and one line in the registry. */
export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  /** What else there is to know before one uses it. */
  readonly about: string;
  /** Whether names of services follow it. */
  readonly takesUnits: boolean;
  /** What the one word is that has to follow it instead. */
  readonly takesOne?: string;
  /** Switches, and what each means. */
  readonly options: Readonly<Record<string, string>>;
  readonly needsRoot: boolean;
  /** @returns the exit code */
  run(call: Call): Promise<number>;
}

/** How a command was called, and what it may use. */
export interface Call {
  /** Names of services, as they were typed. */
  readonly names: readonly string[];
  has(option: string): boolean;
  readonly server: ServerConfig;
  readonly world: World;
  /** One line on standard output. */
  say(line: string): void;
  /** One line on standard error. */
  note(line: string): void;
}

/** The machine, as far as a command touches it. */
export interface World {
  /** The settings of the agent that is installed here. What is in the caller's own environment decides nothing. */
  readonly env: Env;
  /** Who calls. */
  readonly uid: number;
  /** Whose the files must be that say what is allowed. */
  readonly ownerUid: number;
  readonly hostname: string;
  readonly places: Places;
  readonly openCatalogue: OpenCatalogue;
  readonly readJournal: JournalReader;
  say(line: string): void;
  note(line: string): void;
}
