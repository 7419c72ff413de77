import { type Alert, type BodyInputOf, type Silence, api } from '@homelabcmd/protocol';
import { type QueryClient, useQuery } from '@tanstack/react-query';
import { ask, call } from '../call.ts';
import { everyPage } from '../every-page.ts';
import { liveQuery } from '../live/live-query.ts';
import { without } from '../live/newer.ts';

const PAGE = 500;

type Silences = readonly Silence[];
export type SilenceWish = BodyInputOf<typeof api.createSilence>;

const byEnd = (a: Silence, b: Silence): number => (a.until < b.until ? -1 : 1);

const silencesQuery = liveQuery<Silences>({
  key: ['silences'],
  read: (signal) =>
    everyPage(async (offset) => {
      const { body, asOf } = await ask(api.listSilences, { query: { limit: PAGE, offset }, signal });
      return { body: { items: body.silences, total: body.total }, asOf };
    }),
  reduce: (silences, fact) => {
    if (fact.type === 'silence.ended')
      return without(silences, ({ silence_id }) => silence_id === fact.data.silence_id);
    if (fact.type !== 'silence.created') return silences;
    const told = fact.data.silence;
    return [...silences.filter(({ silence_id }) => silence_id !== told.silence_id), told].toSorted(byEnd);
  },
  // How many it holds back changes with the alerts.
  outdates: (_, fact) => fact.type === 'alert.changed' || fact.type === 'alert.resolved',
});

/** The silences that have not ended, the one that ends first at the top. */
export const useSilences = () => useQuery(silencesQuery);

/** The silence by which an alert is quiet, or `undefined`: it is a maintenance, or has ended. */
export function silenceOf(alert: Alert, silences: Silences): Silence | undefined {
  const { silenced } = alert;
  if (silenced === null) return undefined;
  return silences.find(
    ({ created_by, until, kind, server_id, subject }) =>
      created_by === silenced.by &&
      until === silenced.until &&
      (kind === null || kind === alert.kind) &&
      (server_id === null || server_id === alert.server_id) &&
      (subject === null || subject === alert.subject),
  );
}

const readAgain = (client: QueryClient) => client.invalidateQueries({ queryKey: silencesQuery.queryKey });

/** @throws ApiProblem */
export async function createSilence(client: QueryClient, wish: SilenceWish): Promise<void> {
  await call(api.createSilence, { body: wish });
  void readAgain(client);
}

/** Ends it now. @throws ApiProblem `not_found`: it has ended already */
export async function endSilence(client: QueryClient, silenceId: number): Promise<void> {
  try {
    await call(api.endSilence, { params: { silence_id: silenceId } });
  } finally {
    void readAgain(client);
  }
}
