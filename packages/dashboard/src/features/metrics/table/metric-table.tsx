import './table.css';
import type { MetricHistory } from '@homelabcmd/protocol';
import { useEffect, useRef } from 'react';
import { Button } from '../../../ui/button.tsx';
import { At } from '../../../ui/time.tsx';
import { dayClock } from '../../../lib/time-words.ts';
import { type Frame, valueWords } from '../drawn.ts';
import { type Panel, type Series, seriesOf } from '../panels.ts';

interface MetricTableProps {
  readonly panel: Panel;
  readonly history: MetricHistory;
  readonly frame: Frame;
  readonly onClose: () => void;
}

/** All that a chart shows, and the lines for which it has no room, in numbers: newest first. */
export function MetricTable({ panel, history, frame, onClose }: MetricTableProps) {
  const series = seriesOf(panel, history);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [panel]);
  const points = frame.atMs
    .map((atMs, point) => ({ atMs, point }))
    .filter(({ point }) => series.some(({ mean }) => (mean[point] ?? null) !== null))
    .toReversed();
  return (
    <section className="chart-table" aria-labelledby="chart-table">
      <div className="sec">
        <h3 id="chart-table" tabIndex={-1} ref={heading}>
          {panel.name}
        </h3>
        <span className="dim">
          {`${points.length} ${points.length === 1 ? 'step' : 'steps'} with readings; the mean of each, and from where to where they went`}
        </span>
        <div className="end">
          <Button kind="quiet" onClick={onClose}>
            Hide the table
          </Button>
        </div>
      </div>
      <div className="chart-rows" tabIndex={0} role="group" aria-label={`Readings of ${panel.name}`}>
        <table aria-label={panel.name}>
          <thead>
            <tr>
              <th scope="col">From</th>
              {series.map((one) => (
                <th key={keyOf(one)} scope="col" className="num">
                  {columnOf(panel, one)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {points.map(({ atMs, point }) => (
              <tr key={atMs}>
                <th scope="row">
                  <At at={new Date(atMs).toISOString()} of={dayClock} />
                </th>
                {series.map((one) => (
                  <td key={keyOf(one)} className="num">
                    {valueWords(one, point, panel.write)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

const keyOf = ({ metric, label }: Series): string => `${metric} ${label ?? ''}`;
const columnOf = (panel: Panel, series: Series): string =>
  panel.isByLabel && series.label !== null ? `${series.label} ${panel.wordOf(series)}` : panel.wordOf(series);
