import { resolve } from 'node:path';
import { nowOf, systemClock } from '../../lib/clock.ts';
import { noteRestore } from '../../setback/restored.ts';
import { restoreStore } from '../../store/copies/restore.ts';
import type { Command } from '../command.ts';
import { refuseDatabase } from '../existing-store.ts';

export const restore: Command = {
  name: 'restore',
  summary: 'Puts a copy in the place of the store; the hub must be stopped',
  about: [
    'The copy is read through first, and must be of this version or an older one. The store that is there now is kept',
    'beside it under another name. What happened after the copy was made is not in the hub any more afterwards; what was',
    'restarted on the servers is not undone, and no order runs twice. Where the copy lacks anything that was known here,',
    'the next start freezes the fleet: what waited expires, what was out is asked about, and a person lifts the freeze.',
  ].join('\n'),
  operands: ['FILE'],
  options: {},
  async run(call) {
    const [file = ''] = call.operands;
    const { config } = call.load();
    refuseDatabase(config, 'Put a dump back with pg_restore: docs/backup.md has the line.');
    let isFrozen = false;
    const { facts, keptAs } = restoreStore(config.dataDir, resolve(file), (place, next) => {
      isFrozen = noteRestore(config.dataDir, place, next, nowOf(systemClock));
    });
    const time = facts.newestEventAt === null ? '' : ` of ${facts.newestEventAt}`;
    call.say(`Restored ${resolve(file)} into ${config.dataDir}`);
    call.say(`The store is as it was at event ${facts.newestEvent}${time}.`);
    if (keptAs !== null)
      call.say(`The store that was there is kept as ${keptAs}; remove it when you are sure.`);
    if (facts.pending.length > 0)
      call.say('It is of an older version: the next start of the hub brings it up to date.');
    call.say(
      isFrozen
        ? 'The hub will be frozen when it starts: nothing is sent to any agent until somebody has looked and lifts the freeze.'
        : 'Nothing that was known here is missing from it, so the hub will not be frozen.',
    );
    call.say('Start the hub now.');
    return 0;
  },
};
