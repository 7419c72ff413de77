import type { HubInfo } from '@homelabcmd/protocol';
import type { ReactNode } from 'react';
import { detailOf, requestIdOf } from '../../api/problem.ts';
import { useHubInfo } from '../../api/settings/hub-info.ts';
import { BASE_PATH } from '../../lib/browser/base-path.ts';
import { useTicking } from '../../lib/hub-clock.ts';
import { absolute, day, dayClock, span } from '../../lib/time-words.ts';
import { bytes } from '../../lib/units.ts';
import { PanelError } from '../../ui/panel-error.tsx';
import { RowSkeleton } from '../../ui/skeleton.tsx';
import { At } from '../../ui/time.tsx';

/** What runs here, and what it keeps. */
export function HubSection() {
  const info = useHubInfo();
  if (info.data !== undefined) return <Facts info={info.data} />;
  if (info.isPending) return <RowSkeleton rows={6} label="Loading what the hub says of itself" />;
  return (
    <PanelError
      title="Could not load what the hub says of itself"
      detail={detailOf(info.error)}
      requestId={requestIdOf(info.error)}
      onRetry={() => void info.refetch()}
    />
  );
}

const ENGINES = { sqlite: 'SQLite', postgresql: 'PostgreSQL' } as const;

function Facts({ info }: { info: HubInfo }) {
  const { events, store } = info;
  return (
    <>
      <p className="settings-lede">
        The hub keeps the record, decides what may be sent, and serves these pages.
      </p>
      <dl className="spec hub-facts">
        <Fact term="Version">
          HomelabCmd {info.version} <span className="dim">on Node {info.node_version}</span>
        </Fact>
        <Fact term="Running for">
          <Uptime startedAt={info.started_at} />
        </Fact>
        <Fact term="Store">
          {ENGINES[store.engine]} {store.engine_version}, {bytes(store.size_bytes)}
          <p className="note">
            Schema <span className="mono">{store.schema}</span>
          </p>
        </Fact>
        {info.tls !== null && <Certificate tls={info.tls} />}
        <Fact term="It holds">
          {counted(info.servers, 'server')}, {counted(info.actions, 'action')},{' '}
          {counted(events.total, 'event')}
          <p className="note">
            Events are kept for {events.retention_days} days
            {events.oldest_at !== null && (
              <>
                ; the oldest is from <At at={events.oldest_at} of={dayClock} />
              </>
            )}
            . Actions and the record of who did what are kept for ever.
          </p>
        </Fact>
        <Fact term="For programs">
          <a className="link" href={`${BASE_PATH}/api/docs`}>
            The API, described
          </a>{' '}
          <span className="dim">and</span>{' '}
          <a className="link" href={`${BASE_PATH}/api/openapi.json`}>
            as OpenAPI
          </a>
          <p className="note">
            A program shows its own key in the header <code>X-API-Key</code>.
          </p>
        </Fact>
      </dl>
    </>
  );
}

function Certificate({ tls }: { tls: NonNullable<HubInfo['tls']> }) {
  return (
    <Fact term="HTTPS">
      {tls.is_own ? 'A certificate of the hub’s own' : 'Your certificate'}, until{' '}
      <At at={tls.ends_at} of={day} />
      <p className="note">
        SHA-256 <span className="mono fingerprint">{tls.fingerprint}</span>
      </p>
      {tls.is_own && (
        <p className="note">
          It is renewed by itself. To have browsers ask no more, take{' '}
          <a className="link" href={`${BASE_PATH}/agent/v1/authority.pem`}>
            the hub’s authority
          </a>{' '}
          into this device.
        </p>
      )}
    </Fact>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const counted = (n: number, noun: string): string =>
  `${n.toLocaleString('en-GB')} ${n === 1 ? noun : `${noun}s`}`;

function Uptime({ startedAt }: { startedAt: string }) {
  const words = useTicking((nowMs) => span(nowMs - Date.parse(startedAt)));
  return (
    <>
      {words}{' '}
      <span className="dim">
        since <time dateTime={startedAt}>{absolute(startedAt)}</time>
      </span>
    </>
  );
}
