import { type BodyInputOf, type ResponseOf, type WatchedJob, api } from '@homelabcmd/protocol';
import { type QueryClient, queryOptions, useQuery } from '@tanstack/react-query';
import { ask, call } from '../call.ts';
import { everyPage } from '../every-page.ts';

const PAGE = 500;

/** A ping is no fact of the log unless it changes an alert, so what is looked at is read again. */
const READ_AGAIN_MS = 30_000;

const jobsQuery = queryOptions({
  queryKey: ['jobs'],
  queryFn: async ({ signal }): Promise<readonly WatchedJob[]> => {
    const { body } = await everyPage(async (offset) => {
      const answer = await ask(api.listJobs, { query: { limit: PAGE, offset }, signal });
      return { body: { items: answer.body.jobs, total: answer.body.total }, asOf: answer.asOf };
    });
    return body;
  },
  staleTime: 0,
  refetchInterval: READ_AGAIN_MS,
  meta: {
    outdates: (_, fact) =>
      'alert' in fact.data && ['job_overdue', 'backup_overdue'].includes(fact.data.alert.kind),
  },
});

export const useJobs = () => useQuery(jobsQuery);

const readAgain = (client: QueryClient) => client.invalidateQueries({ queryKey: jobsQuery.queryKey });

export type NewJob = ResponseOf<typeof api.createJob>;

/** Watches a job. The address that it pings is in this answer and nowhere else. @throws ApiProblem */
export async function createJob(
  client: QueryClient,
  wish: BodyInputOf<typeof api.createJob>,
): Promise<NewJob> {
  const made = await call(api.createJob, { body: wish });
  void readAgain(client);
  return made;
}

/** @throws ApiProblem `not_found` */
export async function deleteJob(client: QueryClient, jobId: number): Promise<void> {
  try {
    await call(api.deleteJob, { params: { job_id: jobId } });
  } finally {
    await readAgain(client);
  }
}

/** The whole address, as a job on another machine types it. The hub says its path, with where it lives on its host. */
export const pingAddress = (pingPath: string): string => window.location.origin + pingPath;
