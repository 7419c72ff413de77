import { closeSync, existsSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { CLIENT_SETTINGS, type ClientSetting, type GivenSettings } from '../../config.ts';
import { readConfigFile } from '../../config-file.ts';
import type { Option } from '../command.ts';
import { CommandFailure, EXIT } from './failure.ts';

/** What every command takes that asks a hub. */
export const CLIENT_OPTIONS: Readonly<Record<string, Option>> = {
  hub: {
    value: 'URL',
    means: 'the hub to ask; without it, that of the environment, of client.conf or of this machine',
  },
  'key-file': { value: 'FILE', means: 'a file that holds the API key, and that its owner alone may read' },
  authority: { value: 'FILE|SHA256', means: "the authority that the hub's certificate is from" },
  json: { value: null, means: 'for programs' },
};

export type ClientSettings = Partial<Record<ClientSetting | 'HOMELABCMD_API_KEY', string>>;

/** Where a person keeps which hub they ask, and by which key. */
export function clientFile({ XDG_CONFIG_HOME: folder, HOME: home }: GivenSettings): string {
  const base = folder !== undefined && folder !== '' ? folder : join(home ?? homedir(), '.config');
  return join(base, 'homelabcmd', 'client.conf');
}

/**
 * The client's settings from the environment, over those of `client.conf`. Options stand above both.
 * @throws CommandFailure when the file is there and cannot be used
 */
export function clientSettings(environment: GivenSettings): ClientSettings {
  const file = clientFile(environment);
  return { ...(existsSync(file) ? settingsIn(file) : {}), ...ofClient(environment) };
}

const NAMES: readonly string[] = ['HOMELABCMD_API_KEY', ...CLIENT_SETTINGS];

const ofClient = (given: GivenSettings): ClientSettings =>
  Object.fromEntries(Object.entries(given).filter(([name, value]) => NAMES.includes(name) && value !== ''));

function settingsIn(file: string): ClientSettings {
  readPrivately(file);
  const read = readConfigFile(file);
  if ('problems' in read) throw new CommandFailure(EXIT.notDone, read.problems.join('\n'));
  const unknown = Object.keys(read.values).find((name) => !NAMES.includes(name));
  if (unknown !== undefined)
    throw new CommandFailure(
      EXIT.notDone,
      `${unknown} is no setting of ${file}. It takes ${NAMES.join(', ')}.`,
    );
  return ofClient(read.values);
}

/** The key in a file. @throws CommandFailure when there is none, or others may read it too */
export function keyIn(file: string): string {
  const key = readPrivately(resolve(file)).trim();
  if (key === '') throw new CommandFailure(EXIT.notDone, `${file} is empty; it should hold an API key.`);
  if (/\p{Cc}/u.test(key))
    throw new CommandFailure(EXIT.notDone, `${file} holds more than an API key, which is one line of text.`);
  return key;
}

/** What others may read is no secret any more, and what others own they may change. */
function readPrivately(file: string): string {
  let open: number | null = null;
  try {
    open = openSync(file, 'r');
    const { mode, uid } = fstatSync(open);
    const user = process.getuid?.() ?? uid;
    if ((mode & 0o077) !== 0)
      throw new CommandFailure(
        EXIT.notDone,
        `Others may read or change ${file}, and a key may be in it. Type: chmod 600 ${file}`,
      );
    if (uid !== user && uid !== 0)
      throw new CommandFailure(EXIT.notDone, `${file} belongs to somebody else, who may change it.`);
    return readFileSync(open, 'utf8');
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    throw new CommandFailure(
      EXIT.notDone,
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`,
    );
  } finally {
    if (open !== null) closeSync(open);
  }
}
