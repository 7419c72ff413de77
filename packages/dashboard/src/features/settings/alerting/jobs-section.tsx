import './alerting.css';
import { useState } from 'react';
import { useMay } from '../../../api/access/may.ts';
import { type NewJob, useJobs } from '../../../api/alerts/jobs.ts';
import { detailOf, requestIdOf } from '../../../api/problem.ts';
import { PanelError } from '../../../ui/panel-error.tsx';
import { RowSkeleton } from '../../../ui/skeleton.tsx';
import { JobRow } from './job-row.tsx';
import { NewAddress } from './new-address.tsx';
import { NewJobForm } from './new-job-form.tsx';

/** Jobs that say, again and again, that they are well: when one does not, that is an alert. */
export function JobsSection() {
  const jobs = useJobs();
  const mayAdd = useMay('createJob');
  const [made, setMade] = useState<NewJob | null>(null);
  return (
    <>
      <p className="settings-lede">
        A backup or a script of cron calls an address of its own each time that it has done its work. When the
        call does not come in time, or says that it failed, people are told.
      </p>
      {made !== null && <NewAddress made={made} onDone={() => setMade(null)} />}
      {made === null && mayAdd && <NewJobForm onMade={setMade} />}
      {jobs.isPending && <RowSkeleton rows={3} label="Loading the jobs" />}
      {jobs.isError && jobs.data === undefined && (
        <PanelError
          title="Could not load the jobs"
          detail={detailOf(jobs.error)}
          requestId={requestIdOf(jobs.error)}
          onRetry={() => void jobs.refetch()}
        />
      )}
      {jobs.data?.length === 0 && <p className="dim">No job is watched yet.</p>}
      {jobs.data !== undefined && jobs.data.length > 0 && (
        <ul className="attn keys" aria-label="Jobs">
          {jobs.data.map((job) => (
            <JobRow key={job.job_id} job={job} />
          ))}
        </ul>
      )}
    </>
  );
}
