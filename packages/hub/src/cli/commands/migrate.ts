import { openHubStore } from '../../store/hub-store.ts';
import { type Command, UsageError } from '../command.ts';
import { existingStore } from '../existing-store.ts';

export const migrate: Command = {
  name: 'migrate',
  summary: 'Shows which changes of the schema the store has and lacks, or makes those that it lacks',
  about: [
    'The hub does this by itself when it starts. By hand it is for those who want to see it done before they start the',
    'hub again. The store is copied first (a database is not: use pg_dump), and all changes are made or none. `run` needs the hub',
    'to be stopped.',
  ].join('\n'),
  operands: ['[status|run]'],
  options: {},
  async run(call) {
    const [what = 'status'] = call.operands;
    if (what !== 'status' && what !== 'run')
      throw new UsageError(`Say status or run, not ${JSON.stringify(what)}.`);
    const loaded = call.load();
    const facts = await existingStore(loaded);
    if (what === 'status') {
      for (const name of facts.applied) call.say(`done  ${name}`);
      for (const name of facts.pending) call.say(`due   ${name}`);
      if (facts.pending.length > 0)
        call.say('The next start of the hub makes what is due, or homelabcmd migrate run does.');
      return 0;
    }
    if (facts.pending.length === 0) {
      call.say('There is nothing to do: the store is up to date.');
      return 0;
    }
    await using store = await openHubStore(loaded.config);
    for (const name of facts.pending) call.say(`done  ${name}`);
    if (store.backupFile !== null) call.say(`The store as it was before is kept as ${store.backupFile}`);
    return 0;
  },
};
