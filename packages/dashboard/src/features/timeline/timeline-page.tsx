import './timeline.css';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { detailOf, requestIdOf } from '../../api/problem.ts';
import { AROUND, type Around, useTimeline, windowAround } from '../../api/timeline/timeline.ts';
import { clock, clockMs, day } from '../../lib/time-words.ts';
import { Button } from '../../ui/button.tsx';
import { useCopy } from '../../ui/copy.tsx';
import { Icon } from '../../ui/glyphs/icon.tsx';
import { PanelError } from '../../ui/panel-error.tsx';
import { RowSkeleton } from '../../ui/skeleton.tsx';
import { TimelineList } from './timeline-list.tsx';

interface TimelinePageProps {
  readonly serverId: string;
  /** Only what is of this service, and of the server itself. */
  readonly service: string | undefined;
  readonly atMs: number;
  readonly around: Around;
  /** The readings of that time. */
  readonly charts: ReactNode;
}

/** All that is known of what happened around a moment, in the order of time: its address says all of it. */
export function TimelinePage(props: TimelinePageProps) {
  const { serverId, service, atMs, charts } = props;
  const at = new Date(atMs).toISOString();
  const what = service === undefined ? serverId : `${service} on ${serverId}`;
  return (
    <>
      <title>{`${what} around ${clock(at)} · HomelabCmd`}</title>
      <p className="crumb">
        <Link to="/">Fleet</Link> <Icon name="right" />{' '}
        <Link to="/servers/$serverId" params={{ serverId }}>
          {serverId}
        </Link>
        {service !== undefined && (
          <>
            {' '}
            <Icon name="right" />{' '}
            <Link
              to="/servers/$serverId/services/$serviceName/history"
              params={{ serverId, serviceName: service }}
            >
              {service}
            </Link>
          </>
        )}
      </p>
      <div className="title">
        <h1>{what}</h1>
        <span className="dim">
          around <time dateTime={at}>{clockMs(at)}</time>, {day(at)}
        </span>
      </div>
      <Controls {...props} />
      {charts}
      <What {...props} />
    </>
  );
}

/** Without a service it is not what is shown with one. */
const WHOLE = { explicitUndefined: true } as const;

function Controls({ serverId, service, atMs, around }: TimelinePageProps) {
  const at = new Date(atMs).toISOString();
  const stepMs = AROUND[around].ms / 2;
  const search = { at, around, service };
  const moved = (byMs: number) => ({ ...search, at: new Date(atMs + byMs).toISOString() });
  const to = { to: '/servers/$serverId/timeline', params: { serverId }, replace: true } as const;
  return (
    <div className="moment-controls">
      <nav className="seg" aria-label="How much around it is shown">
        {Object.entries(AROUND).map(([id, { word }]) => (
          <Link
            key={id}
            {...to}
            search={{ ...search, around: id }}
            aria-current={id === around ? 'page' : undefined}
          >
            {word}
          </Link>
        ))}
      </nav>
      <Link className="btn btn-plain" {...to} search={moved(-stepMs)}>
        Earlier
      </Link>
      <Link className="btn btn-plain" {...to} search={moved(stepMs)}>
        Later
      </Link>
      {service !== undefined && (
        <Link className="link" {...to} search={{ ...search, service: undefined }} activeOptions={WHOLE}>
          All of {serverId}
        </Link>
      )}
      <CopyAddress at={at} around={around} />
    </div>
  );
}

/** Somebody else sees what is seen here, whenever they open it. */
function CopyAddress({ at, around }: { at: string; around: Around }) {
  const address = new URL(window.location.href);
  address.searchParams.set('at', at);
  address.searchParams.set('around', around);
  const { copy, said } = useCopy(address.href);
  return (
    <>
      <Button kind="plain" onClick={() => void copy()}>
        <Icon name={said === 'Copied' ? 'tick' : 'copy'} />
        Copy the address
      </Button>
      <span className="sr" role="status">
        {said}
      </span>
    </>
  );
}

function What({ serverId, service, atMs, around }: TimelinePageProps) {
  const window = { serverId, service, ...windowAround(atMs, around) };
  const { data, error, isPending, refetch } = useTimeline(window);
  return (
    <section aria-labelledby="what-happened" className="mt-6">
      <div className="sec">
        <h2 id="what-happened">What happened</h2>
        <span className="dim">
          {clock(new Date(window.fromMs).toISOString())} to {clock(new Date(window.toMs).toISOString())}
        </span>
      </div>
      {isPending && <RowSkeleton rows={5} label="Loading what happened" />}
      {data === undefined && !isPending && (
        <PanelError
          title="Could not load what happened"
          detail={detailOf(error)}
          requestId={requestIdOf(error)}
          onRetry={() => void refetch()}
        />
      )}
      {data?.entries.length === 0 && (
        <p className="note dim">
          Nothing is known of this time. What happens is kept as long as the events are; the settings say for
          how long that is.
        </p>
      )}
      {data !== undefined && data.entries.length > 0 && (
        <TimelineList serverId={serverId} momentMs={atMs} entries={data.entries} />
      )}
      {data?.is_cut === true && (
        <p className="note dim">There is more in this time than is shown. Choose a shorter one.</p>
      )}
    </section>
  );
}
