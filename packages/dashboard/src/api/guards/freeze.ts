import { type Freeze, type LiveEvent, api } from '@homelabcmd/protocol';
import { type QueryClient, useQuery } from '@tanstack/react-query';
import { ask, call } from '../call.ts';
import { liveQuery } from '../live/live-query.ts';

const freezeQuery = liveQuery<Freeze>({
  key: ['freeze'],
  read: (signal) => ask(api.getFreeze, { signal }),
  reduce: (freeze, fact: LiveEvent) => (fact.type === 'freeze.changed' ? fact.data.freeze : freeze),
});

/** The kill switch as it is; `undefined` while that is not known. */
export const useFreeze = (): Freeze | undefined => useQuery(freezeQuery).data;

/** Sets or lifts the freeze. @throws ApiProblem */
export async function setFreeze(client: QueryClient, on: boolean, reason: string | null): Promise<void> {
  const freeze = await call(api.setFreeze, { body: { on, reason } });
  client.setQueryData(freezeQuery.queryKey, freeze);
}
