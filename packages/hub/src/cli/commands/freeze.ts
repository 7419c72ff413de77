import { userInfo } from 'node:os';
import type { Freeze } from '@homelabcmd/protocol';
import { type FreezeChange, setFreezeUntold } from '../../freeze/freeze.ts';
import { nowOf, systemClock } from '../../lib/clock.ts';
import { openForWriting } from '../../store/hub-store.ts';
import { type Call, type Command, UsageError } from '../command.ts';
import { currentStore } from '../existing-store.ts';

const LONGEST_REASON = 500;

export const freeze: Command = {
  name: 'freeze',
  summary: 'Stops every order: nothing more is sent to any agent until the freeze is lifted',
  about: [
    'It works while the hub runs and while it does not. A running hub sends nothing from that moment on, and shows it',
    'on every page within a second. An order that has been sent already is not called back.',
  ].join('\n'),
  operands: [],
  options: { reason: { value: 'TEXT', means: 'why, for those who find it frozen' } },
  async run(call) {
    const reason = call.valueOf('reason');
    if (reason !== null && reason.length > LONGEST_REASON)
      throw new UsageError(`The reason is longer than ${LONGEST_REASON} characters.`);
    await change(call, { on: true, reason });
    call.say('The fleet is frozen: no order is sent until you lift it with homelabcmd unfreeze.');
    return 0;
  },
};

export const unfreeze: Command = {
  name: 'unfreeze',
  summary: 'Lifts the freeze; approvals that have not expired are sent at once',
  about: 'It works while the hub runs and while it does not.',
  operands: [],
  options: {},
  async run(call) {
    await change(call, { on: false });
    call.say('The fleet is not frozen.');
    return 0;
  },
};

async function change(call: Call, wanted: FreezeChange): Promise<Freeze> {
  const loaded = call.load();
  await currentStore(loaded);
  const db = openForWriting(loaded.config);
  try {
    // A key's name holds no colon, so that nobody signs as the console.
    return await setFreezeUntold(db, `console:${userInfo().username}`, nowOf(systemClock), wanted);
  } finally {
    await db.destroy();
  }
}
