import { resetBootstrapKey } from '../../access/keys.ts';
import { EventLog } from '../../events/log.ts';
import { systemClock } from '../../lib/clock.ts';
import { isHeldByHub, openForWriting } from '../../store/hub-store.ts';
import type { Command } from '../command.ts';
import { currentStore } from '../existing-store.ts';

export const resetAdmin: Command = {
  name: 'reset-admin',
  summary: 'Makes a new bootstrap key and prints it once; the old one and its sessions end',
  about: [
    'For whoever has lost the key, or fears that somebody else has it. It works while the hub runs: the next request',
    'with the old key, or with a session that it opened, is refused. Other keys stay as they are.',
  ].join('\n'),
  operands: [],
  options: {},
  async run(call) {
    const loaded = call.load();
    await currentStore(loaded);
    const given = loaded.origins.find(({ name }) => name === 'HOMELABCMD_API_KEY');
    if (loaded.config.apiKey !== null && given) {
      const place = given.from === 'file' ? `the settings file ${loaded.file}` : 'the environment';
      throw new Error(
        `The key is set by HOMELABCMD_API_KEY in ${place}, and the hub would take that one again. Change it there and restart the hub.`,
      );
    }
    const db = openForWriting(loaded.config);
    let key: string;
    try {
      key = await resetBootstrapKey(await EventLog.open(db, systemClock));
    } finally {
      await db.destroy();
    }
    call.say(key);
    call.note('This is the new API key. It is shown once: keep it. The old one and its sessions have ended.');
    if (await isHeldByHub(loaded.config))
      call.note(
        'The hub is running, and takes the new key from now on. Pages that were open with the old one are shut.',
      );
    call.note('If the hub is started with HOMELABCMD_API_KEY set, it takes that key again.');
    return 0;
  },
};
