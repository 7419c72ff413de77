import { messageOf } from '../log.ts';
import type { UnitCatalogue } from '../systemd/unit-catalogue.ts';
import { type Call, type Command, EXIT } from './command.ts';
import { judge, quoted, type Verdict } from './judge.ts';
import { adding, editList, NotEdited } from './list-file.ts';

const HEADING = '# The services that HomelabCmd may restart on this server, one unit name a line.\n';
const LOCKOUT_HEADING =
  '# Services that can cut people off, and may be restarted all the same. They stand in restart-allowed too.\n';

export const allow: Command = {
  summary: 'Lets services of this server be restarted from the hub',
  about: [
    'Writes their names into /etc/homelabcmd/restart-allowed. It counts from the next order on, and nothing on the',
    'network can do it. Either all of the names are written or none is. A name is one unit: an instance of a template',
    '(job@7) is one of its own, and of several names of one service the real one is written.',
  ].join('\n'),
  takesUnits: true,
  options: {
    lockout:
      'also those that can cut you off from the server, such as ssh: they are written into a second list too',
    'even-if-absent': 'also those that systemd does not know yet',
  },
  needsRoot: true,
  async run(call) {
    const verdicts = await judgeAll(call);
    const refused = verdicts.filter((one) => one.kind === 'refused');
    const listed = verdicts.filter((one) => one.kind === 'listed');
    if (refused.length > 0) {
      for (const { why } of refused) call.note(why);
      call.note('Nothing was changed.');
      return EXIT.notDone;
    }
    for (const { notes } of listed) for (const note of notes) call.say(note);
    await write(call, [...new Set(listed.map(({ unit }) => unit))]);
    return EXIT.done;
  },
};

async function judgeAll(call: Call): Promise<Verdict[]> {
  const wanted = { lockout: call.has('lockout'), evenIfAbsent: call.has('even-if-absent') };
  await using catalogue = await catalogueOf(call, wanted.evenIfAbsent);
  const verdicts: Verdict[] = [];
  for (const name of call.names) verdicts.push(await judge(name, wanted, catalogue));
  return verdicts;
}

async function catalogueOf(call: Call, evenIfAbsent: boolean): Promise<UnitCatalogue | null> {
  try {
    return await call.world.openCatalogue(call.server.dbusAddress);
  } catch (cause) {
    if (evenIfAbsent) return null;
    throw new NotEdited(`${messageOf(cause)} To list a service without asking systemd: --even-if-absent`, {
      cause,
    });
  }
}

/** The second list first: a service that stands in one of the two only is not allowed. */
async function write(call: Call, units: readonly string[]): Promise<void> {
  const { server, world } = call;
  const isSecond =
    call.has('lockout') &&
    (await editList(server.lockoutFile, world.ownerUid, adding(units, LOCKOUT_HEADING)));
  const isFirst = await editList(server.allowFile, world.ownerUid, adding(units, HEADING));
  const names = units.join(', ');
  call.say(
    isFirst || isSecond
      ? `From the next order on, these may be restarted here: ${names}.`
      : `Nothing to do: these may be restarted here already: ${names}.`,
  );
  call.say(`To take it back: sudo homelabcmd-agent deny ${units.map(quoted).join(' ')}`);
  if (server.monitorOnly)
    call.say(
      `But the agent here is told to watch only (HOMELABCMD_MONITOR_ONLY in ${world.places.settings}).`,
    );
}
