import type { StoreFacts } from '../../store/inspect.ts';
import { type Finding, ok, warn } from './check.ts';

/** What the state of the schema says, for either engine. */
export function schemaHealth(what: string, { applied, pending, newestEvent }: StoreFacts): Finding {
  const detail = `${what}, schema ${applied.at(-1)}, ${newestEvent} events so far`;
  return pending.length > 0
    ? warn(
        'Store',
        `${detail}; ${pending.length} changes of the schema are due`,
        'The next start makes them; homelabcmd migrate shows them.',
      )
    : ok('Store', detail);
}
