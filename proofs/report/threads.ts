import { Worker } from 'node:worker_threads';

/**
 * Has jobs done on several threads of one file, one job at a time on each; `next` answers `null` when there is nothing
 * more to do. @throws when a thread breaks
 */
export async function onThreads<Job, Result>(of: {
  readonly file: URL;
  readonly threads: number;
  next(): Job | null;
  take(job: Job, result: Result): void;
}): Promise<void> {
  const one = async () => {
    const worker = new Worker(of.file);
    try {
      for (let job = of.next(); job !== null; job = of.next()) {
        const answer = Promise.withResolvers<Result>();
        worker.once('message', answer.resolve);
        worker.once('error', answer.reject);
        worker.postMessage(job);
        of.take(job, await answer.promise);
        worker.removeListener('error', answer.reject);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: of.threads }, one));
}
