import './charts.css';
import type { Server } from '@homelabcmd/protocol';
import { Link } from '@tanstack/react-router';
import { useMetricHistory } from '../../api/metrics/history.ts';
import { useServerMarks } from '../../api/metrics/marks.ts';
import { RANGES, type RangeId } from '../../api/metrics/ranges.ts';
import { useWithTail } from '../../api/metrics/tail.ts';
import { detailOf, requestIdOf } from '../../api/problem.ts';
import { PanelError } from '../../ui/panel-error.tsx';
import { ChartNotes } from './chart-notes.tsx';
import { MarkList } from './mark-list.tsx';
import { MetricCharts } from './metric-charts.tsx';
import { Now, hasNow, useSample } from './now.tsx';
import { PANELS, type Panel, seriesOf } from './panels.ts';

/** These stand on every server's page. */
const ALWAYS = ['cpu', 'memory', 'disks', 'load'];

/** The readings of a server: those of now, and how they came to be so. */
export function ServerCharts({ server, range }: { server: Server; range: RangeId }) {
  const { server_id: serverId } = server;
  const history = useMetricHistory(serverId, range);
  const marks = useServerMarks(serverId, range).data?.marks ?? NO_MARKS;
  const shown = useWithTail(serverId, history.data, range === '1h' && server.liveness === 'online');
  const sample = useSample(server);
  const panels = PANELS.filter(
    (panel) =>
      ALWAYS.includes(panel.id) ||
      (shown !== undefined && seriesOf(panel, shown).length > 0) ||
      (sample !== null && hasNow(panel.id, sample)),
  );
  return (
    <section aria-label="Readings" className="readings" aria-busy={history.isPlaceholderData || undefined}>
      <div className="chart-head">
        <MarkList serverId={serverId} marks={marks} words={RANGES[range].words} />
        <Ranges serverId={serverId} range={range} />
      </div>
      {shown === undefined ? (
        <Without server={server} panels={panels} isPending={history.isPending} />
      ) : (
        <MetricCharts
          panels={panels}
          history={shown}
          marks={marks}
          spanMs={RANGES[range].ms}
          nowOf={(panel) => <Now id={panel.id} server={server} />}
        />
      )}
      {history.data !== undefined && <ChartNotes serverId={serverId} history={history.data} shown={range} />}
      {history.isError && <Failed serverId={serverId} {...history} hasOlder={history.data !== undefined} />}
    </section>
  );
}

const NO_MARKS: readonly never[] = [];

/** What is read now needs no history. */
function Without({
  server,
  panels,
  isPending,
}: {
  server: Server;
  panels: readonly Panel[];
  isPending: boolean;
}) {
  return (
    <div className="charts">
      {panels.map(({ id, name }) => (
        <figure key={id} className="chart" data-chart={id}>
          <figcaption className="k">
            <span className="clip">{name}</span>
          </figcaption>
          <Now id={id} server={server} />
          {isPending && (
            <p className="plot late" role="status" aria-label={`Loading the history of ${name}`}>
              <span className="skel plot-skel" />
            </p>
          )}
        </figure>
      ))}
    </div>
  );
}

interface FailedProps {
  readonly serverId: string;
  readonly error: unknown;
  readonly hasOlder: boolean;
  readonly refetch: () => unknown;
}

function Failed({ serverId, error, hasOlder, refetch }: FailedProps) {
  return (
    <PanelError
      title={
        hasOlder
          ? `Could not read the history of ${serverId} again`
          : `Could not load the history of ${serverId}`
      }
      detail={detailOf(error)}
      requestId={requestIdOf(error)}
      onRetry={() => void refetch()}
    />
  );
}

function Ranges({ serverId, range }: { serverId: string; range: RangeId }) {
  return (
    <nav className="seg" aria-label="How far back the charts reach">
      {Object.entries(RANGES).map(([id, { word, words }]) => (
        <Link
          key={id}
          to="/servers/$serverId"
          params={{ serverId }}
          search={{ range: id }}
          replace
          resetScroll={false}
          aria-label={`${word}, ${words}`}
          aria-current={id === range ? 'page' : undefined}
        >
          {word}
        </Link>
      ))}
    </nav>
  );
}
