import type { DayMark, MetricHistory } from '@homelabcmd/protocol';
import { type ReactNode, useId, useMemo, useState } from 'react';
import { frameOf } from './drawn.ts';
import { MetricChart, tableButtonId } from './metric-chart.tsx';
import { MetricTable } from './table/metric-table.tsx';
import type { Panel } from './panels.ts';

interface MetricChartsProps {
  readonly panels: readonly Panel[];
  readonly history: MetricHistory;
  readonly marks: readonly DayMark[];
  /** How much of it is shown, where it grows while the page is open. */
  readonly spanMs: number | null;
  readonly nowOf: (panel: Panel) => ReactNode;
}

/** Charts of one time beside each other, with one cursor, and the table of one of them. */
export function MetricCharts({ panels, history, marks, spanMs, nowOf }: MetricChartsProps) {
  const together = useId();
  const [tableId, setTableId] = useState<string | null>(null);
  const frame = useMemo(() => frameOf(history, marks, spanMs), [history, marks, spanMs]);
  const table = panels.find(({ id }) => id === tableId);
  const close = () => {
    setTableId(null);
    if (table !== undefined) document.getElementById(tableButtonId(table))?.focus();
  };
  return (
    <>
      <div className="charts">
        {panels.map((panel) => (
          <MetricChart
            key={panel.id}
            panel={panel}
            history={history}
            frame={frame}
            together={together}
            now={nowOf(panel)}
            isTable={panel.id === tableId}
            onTable={() => setTableId(panel.id === tableId ? null : panel.id)}
          />
        ))}
      </div>
      {table !== undefined && <MetricTable panel={table} history={history} frame={frame} onClose={close} />}
    </>
  );
}
