import type { MetricHistory } from '@homelabcmd/protocol';
import { type ReactNode, useMemo, useState } from 'react';
import { Plot } from '../../ui/plot/plot.tsx';
import { type Drawn, type Frame, drawnOf, pointOf } from './drawn.ts';
import type { Panel } from './panels.ts';
import { axisWords } from './time-axis.ts';

interface MetricChartProps {
  readonly panel: Panel;
  readonly history: MetricHistory;
  readonly frame: Frame;
  readonly together: string;
  /** The reading that stands large above it. */
  readonly now: ReactNode;
  readonly isTable: boolean;
  readonly onTable: () => void;
}

/** What opens the table of a chart has the focus again when that is closed. */
export const tableButtonId = ({ id }: Panel): string => `table-of-${id}`;

/** One metric over time: a line for the mean, a band from the least to the greatest, and gaps where nothing was read. */
export function MetricChart(props: MetricChartProps) {
  const { panel, history, frame, together, now, isTable, onTable } = props;
  const [chosen, setChosen] = useState<string | null>(null);
  const [point, setPoint] = useState<number | null>(null);
  const drawn = useMemo(() => drawnOf(panel, history, chosen), [panel, history, chosen]);
  const tableWord = isTable ? 'Hide the table' : 'Show as table';
  const wordsOf = (at: number) => pointOf(panel, drawn, { frame, point: at, isBrief: false });
  return (
    <figure className="chart" data-chart={panel.id}>
      <figcaption className="k">
        <span className="clip">{panel.name}</span>
        {drawn.labels.length > 1 && <Choice panel={panel} drawn={drawn} onChoose={setChosen} />}
        {drawn.labels.length === 1 && <span className="dimmer clip">{drawn.labels[0]}</span>}
        <span className="chart-top dimmer">{panel.write(drawn.top)}</span>
      </figcaption>
      {now}
      {drawn.lines.length === 0 ? (
        <p className="plot chart-none">No readings in this time.</p>
      ) : (
        <Plot
          label={panel.name}
          {...frame}
          lines={drawn.lines}
          top={drawn.top}
          together={together}
          wordsOf={wordsOf}
          onPoint={setPoint}
        />
      )}
      {point === null ? (
        <Axis frame={frame} />
      ) : (
        <p className="chart-x chart-point">{pointOf(panel, drawn, { frame, point, isBrief: true })}</p>
      )}
      <p className="chart-foot">
        <Legend panel={panel} drawn={drawn} />
        {drawn.lines.length > 0 && (
          <button
            id={tableButtonId(panel)}
            type="button"
            className="link"
            aria-pressed={isTable}
            aria-label={`${tableWord} of ${panel.name}`}
            onClick={onTable}
          >
            {tableWord}
          </button>
        )}
      </p>
    </figure>
  );
}

function Axis({ frame: { fromMs, toMs } }: { frame: Frame }) {
  const spanMs = toMs - fromMs;
  return (
    <p className="chart-x" aria-hidden="true">
      {[0, 0.5, 1].map((part) => (
        <span key={part}>{axisWords(fromMs + part * spanMs, spanMs)}</span>
      ))}
    </p>
  );
}

interface ChoiceProps {
  readonly panel: Panel;
  readonly drawn: Drawn;
  readonly onChoose: (label: string) => void;
}

/** It names the one that is drawn: until somebody chooses, that is the busiest, which may be another one any time. */
function Choice({ panel, drawn: { labels, series }, onChoose }: ChoiceProps) {
  return (
    <select
      className="chart-choice"
      aria-label={`${panel.name}: of which`}
      value={series[0]?.label ?? ''}
      onChange={(event) => onChoose(event.target.value)}
    >
      {labels.map((label) => (
        <option key={label}>{label}</option>
      ))}
    </select>
  );
}

/** What the lines are, where there are several. */
function Legend({ panel, drawn: { series, lines, undrawn } }: { panel: Panel; drawn: Drawn }) {
  if (series.length < 2) return <span />;
  return (
    <span className="chart-legend">
      {series.map((one, n) => (
        <span key={`${one.metric} ${one.label}`} data-look={lines[n]?.look}>
          <span className="clip">{panel.wordOf(one)}</span>
        </span>
      ))}
      {undrawn > 0 && <span className="dimmer">{undrawn} more in the table</span>}
    </span>
  );
}
