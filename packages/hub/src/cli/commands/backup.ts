import { createReadStream, existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { giveToOwnerOfFolder } from '../../lib/owner.ts';
import { copyStore } from '../../store/copies/copy.ts';
import { STORE_FILE, stampOf } from '../../store/open.ts';
import { type Call, type Command, UsageError } from '../command.ts';
import { existingStore, refuseDatabase } from '../existing-store.ts';

export const backup: Command = {
  name: 'backup',
  summary: 'Copies the store into one file, also while the hub runs',
  about: [
    'The copy is the store at one moment, read through and on disk before it gets its name. Nothing is overwritten',
    'without --force. Without --to it goes to backups/ in the data folder; --to - writes it to standard output.',
    'The settings are not in it: keep the settings file as well.',
  ].join('\n'),
  operands: [],
  options: {
    to: { value: 'FILE|DIR|-', means: 'where the copy goes' },
    force: { value: null, means: 'replace a file of that name' },
  },
  async run(call) {
    const loaded = call.load();
    refuseDatabase(loaded.config, 'Copy it with pg_dump: docs/backup.md has the line.');
    await existingStore(loaded);
    const file = join(loaded.config.dataDir, STORE_FILE);
    const to = call.valueOf('to');
    if (to === '-') return toStandardOutput(call, file);
    const target = targetOf(to, loaded.config.dataDir);
    const { sizeBytes, facts } = await copyStore(file, target, call.has('force'));
    call.say(`Copied the store to ${target}`);
    call.say(
      `It holds everything up to event ${facts.newestEvent}${at(facts.newestEventAt)}, ${sizeBytes} bytes.`,
    );
    if (loaded.file !== null) call.say(`The settings are not in it: keep ${loaded.file} as well.`);
    return 0;
  },
};

/** The copy is made and checked beside the store first: what has been sent cannot be taken back. */
async function toStandardOutput({ out, note }: Call, file: string): Promise<number> {
  if ('isTTY' in out && out.isTTY)
    throw new UsageError('The copy is not text for a terminal. Send it to a file or a program.');
  const passing = `${file}.sending-${process.pid}`;
  try {
    const { facts } = await copyStore(file, passing);
    await pipeline(createReadStream(passing), out, { end: false });
    note(`The copy holds everything up to event ${facts.newestEvent}${at(facts.newestEventAt)}.`);
  } finally {
    rmSync(passing, { force: true });
  }
  return 0;
}

function targetOf(to: string | null, dataDir: string): string {
  const name = `homelabcmd-${stampOf(new Date())}.db`;
  if (to === null) {
    const folder = join(dataDir, 'backups');
    if (!existsSync(folder)) {
      mkdirSync(folder, { mode: 0o700 });
      giveToOwnerOfFolder(folder);
    }
    return join(folder, name);
  }
  const path = resolve(to);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return join(path, name);
  if (!existsSync(dirname(path))) throw new Error(`There is no folder ${dirname(path)}.`);
  return path;
}

const at = (time: string | null): string => (time === null ? '' : ` of ${time}`);
