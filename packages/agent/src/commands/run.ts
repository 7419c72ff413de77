import { nearest } from '@homelabcmd/protocol';
import { ConfigError, readServerConfig } from '../config.ts';
import { AGENT_VERSION } from '../facts/facts.ts';
import { later } from '../later.ts';
import { messageOf } from '../log.ts';
import { type Command, EXIT, type World } from './command.ts';
import { NotEdited } from './list-file.ts';
import { COMMANDS } from './registry.ts';
import { manual, overview, usageLine } from './usage.ts';

const commandOf = (name: string): Command | undefined =>
  Object.entries(COMMANDS).find(([one]) => one === name)?.[1];

/** Runs `homelabcmd-agent` with these words, of which there is at least one. @returns the exit code */
export async function runCommand([name = '', ...rest]: readonly string[], world: World): Promise<number> {
  if (name === '--help' || name === '-h') return said(world, overview(COMMANDS));
  if (name === '--version') return said(world, AGENT_VERSION);
  const command = commandOf(name);
  if (command === undefined) {
    const meant = nearest(name, Object.keys(COMMANDS));
    world.note(
      `There is no command ${JSON.stringify(name)}.${meant === null ? '' : ` Did you mean ${meant}?`}\n\n${overview(COMMANDS)}`,
    );
    return EXIT.calledWrongly;
  }
  const words = readWords(command, rest);
  if (typeof words !== 'string' && words.has('help')) return said(world, manual(name, command));
  const problem = typeof words === 'string' ? words : whyNot(command, words.names);
  if (problem !== null || typeof words === 'string') {
    world.note(`${problem}\n${usageLine(name, command)}`);
    return EXIT.calledWrongly;
  }
  if (command.needsRoot && world.uid !== 0) {
    world.note(`Only root may do this. Type: sudo homelabcmd-agent ${[name, ...rest].join(' ')}`);
    return EXIT.notRoot;
  }
  return carryOut(command, words, world);
}

async function carryOut(command: Command, words: Words, world: World): Promise<number> {
  try {
    const server = readServerConfig(world.env);
    return await command.run({ ...words, server, world, say: world.say, note: world.note });
  } catch (cause) {
    if (cause instanceof NotEdited) {
      world.note(`${cause.message} Nothing was changed.`);
      return EXIT.notDone;
    }
    world.note(
      cause instanceof ConfigError ? `${world.places.settings}: ${messageOf(cause)}` : messageOf(cause),
    );
    return cause instanceof ConfigError ? EXIT.badSettings : EXIT.notDone;
  }
}

const said = (world: World, text: string): number => {
  world.say(text);
  return EXIT.done;
};

interface Words {
  readonly names: readonly string[];
  has(option: string): boolean;
}

/** What was typed, or why it cannot be. */
function readWords(command: Command, words: readonly string[]): Words | string {
  const names = [...Object.keys(command.options), 'help'];
  try {
    const { values, positionals } = later.util.parseArgs({
      args: [...words],
      options: Object.fromEntries(names.map((name) => [name, { type: 'boolean' as const }])),
      allowPositionals: true,
    });
    return { names: positionals, has: (option) => values[option] === true };
  } catch (cause) {
    return `${messageOf(cause).split(/\. |\n/, 1)[0]}.`;
  }
}

function whyNot(command: Command, names: readonly string[]): string | null {
  if (command.takesUnits && names.length === 0) return 'The name of a service is missing.';
  const most = command.takesOne === undefined ? 0 : 1;
  if (names.length < most) return `${command.takesOne} is missing.`;
  if (!command.takesUnits && names.length > most)
    return `There is a word too many: ${JSON.stringify(names[most])}.`;
  return null;
}
