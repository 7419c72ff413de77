import { unitNameOf } from '@homelabcmd/protocol';
import { type Call, type Command, EXIT } from './command.ts';
import { editList, removing } from './list-file.ts';

export const deny: Command = {
  summary: 'Takes services off the lists of what may be restarted',
  about: [
    'Removes their lines from /etc/homelabcmd/restart-allowed and restart-allowed-lockout. It counts from the next order on;',
    'a restart that has begun runs to its end. What is not listed needs no denying, and is no mistake.',
  ].join('\n'),
  takesUnits: true,
  options: {},
  needsRoot: true,
  async run(call) {
    const lines = new Set<string>();
    for (const name of call.names) for (const line of await linesOf(name, call)) lines.add(line);
    const { allowFile, lockoutFile } = call.server;
    let isChanged = false;
    for (const path of [allowFile, lockoutFile])
      isChanged = (await editList(path, call.world.ownerUid, removing(lines))) || isChanged;
    const names = [...lines].join(', ');
    call.say(
      isChanged
        ? `From the next order on, none of these is restarted here: ${names}.`
        : `Nothing to do: none of these is listed: ${names}.`,
    );
    return EXIT.done;
  },
};

/** The line as it was typed, which may be one that never counted; the unit that it means; and its real name. */
async function linesOf(name: string, call: Call): Promise<string[]> {
  const unit = unitNameOf(name);
  if (unit === null) return [name];
  const real = await realNameOf(unit, call);
  if (real !== unit) call.say(`${unit} is another name of ${real}, which is taken off too.`);
  return [...new Set([name, unit, real])];
}

/** Taking away must work while systemd cannot be asked. */
async function realNameOf(unit: string, call: Call): Promise<string> {
  try {
    await using catalogue = await call.world.openCatalogue(call.server.dbusAddress);
    return (await catalogue.read(unit)).id || unit;
  } catch {
    return unit;
  }
}
