import './history.css';
import { Link } from '@tanstack/react-router';
import {
  type Availability,
  SHOWN_DAYS,
  useAvailability,
  useServiceChanges,
} from '../../api/timeline/service-history.ts';
import { detailOf, requestIdOf } from '../../api/problem.ts';
import { Icon } from '../../ui/glyphs/icon.tsx';
import { PanelError } from '../../ui/panel-error.tsx';
import { RowSkeleton } from '../../ui/skeleton.tsx';
import { Changes } from './changes.tsx';
import { DayBars } from './day-bars.tsx';
import { monthWords } from './day-words.ts';
import { TimesTable } from './times-table.tsx';

interface Of {
  readonly serverId: string;
  readonly serviceName: string;
}

/** What became of a service: how much of the time it ran, and each change with its reason. */
export function ServiceHistoryPage({ before, ...of }: Of & { readonly before: number | undefined }) {
  const { serverId, serviceName } = of;
  return (
    <>
      <title>{`History of ${serviceName} · HomelabCmd`}</title>
      <p className="crumb">
        <Link to="/">Fleet</Link> <Icon name="right" />{' '}
        <Link to="/servers/$serverId" params={{ serverId }}>
          {serverId}
        </Link>{' '}
        <Icon name="right" /> <span>{serviceName}</span>
        <Link className="crumb-end" to="/actions" search={{ server: serverId, service: serviceName }}>
          Its actions
        </Link>
      </p>
      <div className="title">
        <h1>History of {serviceName}</h1>
        <span className="dim">on {serverId}</span>
      </div>
      <AvailabilityPanel {...of} />
      <ChangesPanel {...of} before={before} />
    </>
  );
}

function AvailabilityPanel(of: Of) {
  const { data, error, isPending, refetch } = useAvailability(of);
  return (
    <section aria-labelledby="availability" className="mt-4">
      <div className="sec">
        <h2 id="availability">Availability</h2>
        <span className="dim">the last {SHOWN_DAYS} days, in UTC</span>
      </div>
      {data !== undefined && <Known availability={data} />}
      {isPending && <RowSkeleton rows={2} label="Loading the availability" />}
      {data === undefined && !isPending && (
        <PanelError
          title="Could not load the availability"
          detail={detailOf(error)}
          requestId={requestIdOf(error)}
          onRetry={() => void refetch()}
        />
      )}
    </section>
  );
}

function Known({ availability }: { availability: Availability }) {
  if (availability.days.length === 0) {
    return (
      <p className="note dim">
        Nothing has been counted. Days are counted from when somebody expects a service, while it is not
        paused.
      </p>
    );
  }
  return (
    <>
      <DayBars availability={availability} />
      <TimesTable
        label="Availability by month"
        word="Month"
        rows={availability.months.map(({ month, ...times }) => ({ name: monthWords(month), ...times }))}
      />
    </>
  );
}

function ChangesPanel({ before, ...of }: Of & { readonly before: number | undefined }) {
  const { data, error, isPending, isPlaceholderData, refetch } = useServiceChanges(of, before);
  const params = of;
  return (
    <section aria-labelledby="changes" className="mt-6" aria-busy={isPlaceholderData || undefined}>
      <div className="sec">
        <h2 id="changes">Changes</h2>
        <span className="dim">
          {before === undefined ? 'newest first' : 'older ones'}; each moment leads to its time line
        </span>
      </div>
      {data !== undefined && data.changes.length > 0 && <Changes {...of} changes={data.changes} />}
      {data !== undefined && data.changes.length === 0 && (
        <p className="note dim">
          {before === undefined ? 'No change has been seen yet.' : 'There are no older ones.'}
        </p>
      )}
      {isPending && <RowSkeleton rows={5} label="Loading the changes" />}
      {data === undefined && !isPending && (
        <PanelError
          title={`Could not load the changes of ${of.serviceName}`}
          detail={detailOf(error)}
          requestId={requestIdOf(error)}
          onRetry={() => void refetch()}
        />
      )}
      <p className="pager">
        {before !== undefined && (
          <Link className="btn" to="/servers/$serverId/services/$serviceName/history" params={params}>
            Newest
          </Link>
        )}
        {data !== undefined && data.next_cursor !== null && (
          <Link
            className="btn"
            to="/servers/$serverId/services/$serviceName/history"
            params={params}
            search={{ before: String(data.next_cursor) }}
          >
            Older
          </Link>
        )}
      </p>
    </section>
  );
}
