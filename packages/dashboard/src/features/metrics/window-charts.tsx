import './charts.css';
import { useMetricHistory } from '../../api/metrics/history.ts';
import { useServerMarks } from '../../api/metrics/marks.ts';
import { detailOf, requestIdOf } from '../../api/problem.ts';
import { PanelError } from '../../ui/panel-error.tsx';
import { RowSkeleton } from '../../ui/skeleton.tsx';
import { ChartNotes } from './chart-notes.tsx';
import { MetricCharts } from './metric-charts.tsx';
import { PANELS, type Panel, greatestOf, seriesOf } from './panels.ts';

interface WindowChartsProps {
  readonly serverId: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The readings of a server in a time that was. */
export function WindowCharts({ serverId, fromMs, toMs }: WindowChartsProps) {
  const window = { fromMs, toMs };
  const { data, error, isPending, refetch } = useMetricHistory(serverId, window);
  const marks = useServerMarks(serverId, window).data?.marks ?? NO_MARKS;
  const panels = PANELS.filter((panel) => data !== undefined && seriesOf(panel, data).length > 0);
  return (
    <section aria-label="Readings" className="readings">
      {isPending && <RowSkeleton rows={3} label="Loading the readings" />}
      {data === undefined && !isPending && (
        <PanelError
          title={`Could not load the readings of ${serverId}`}
          detail={detailOf(error)}
          requestId={requestIdOf(error)}
          onRetry={() => void refetch()}
        />
      )}
      {data !== undefined && panels.length === 0 && (
        <p className="note dim">There are no readings of this time.</p>
      )}
      {data !== undefined && panels.length > 0 && (
        <>
          <MetricCharts
            panels={panels}
            history={data}
            marks={marks}
            spanMs={null}
            nowOf={(panel) => <Most panel={panel} series={seriesOf(panel, data)} />}
          />
          <ChartNotes serverId={serverId} history={data} shown={window} />
        </>
      )}
    </section>
  );
}

const NO_MARKS: readonly never[] = [];

/** Of a time that was, what is large is what was the most. */
function Most({ panel, series }: { panel: Panel; series: ReturnType<typeof seriesOf> }) {
  return (
    <p className="read">
      {panel.write(Math.max(0, ...series.map(({ max }) => greatestOf(max))))} <small>at most</small>
    </p>
  );
}
