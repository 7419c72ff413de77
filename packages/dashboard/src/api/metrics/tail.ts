import { type MetricHistory, METRICS, type ServerMetrics, valuesOf } from '@homelabcmd/protocol';
import { useMemo, useState } from 'react';
import { useReading } from '../servers.ts';

type Series = MetricHistory['series'][number];
type Points = Series['mean'];

/** No more than come between two readings of the history. */
const MOST = 60;

/**
 * The history with readings that came since: each fills the step that it is in. Steps of which none came are gaps. The step that
 * ran when the history was read takes in what it had nothing of.
 */
export function withTail(history: MetricHistory, tail: readonly ServerMetrics[]): MetricHistory {
  const fromMs = Date.parse(history.from);
  const stepMs = history.step_ms;
  const stepOf = ({ at }: ServerMetrics) => Math.floor((Date.parse(at) - fromMs) / stepMs);
  const known = (Date.parse(history.to) - fromMs) / stepMs;
  const newer = tail.filter((reading) => stepOf(reading) >= known - 1);
  const last = newer.at(-1);
  if (last === undefined) return history;
  const length = Math.max(known, stepOf(last) + 1);
  const series = new Map(history.series.map((one) => [keyOf(one), longer(one, length)]));
  for (const reading of newer) {
    for (const { metric, label, value } of valuesOf(reading.sample)) {
      const key = keyOf({ metric, label });
      const gaps = Array<null>(length).fill(null);
      const one = series.get(key) ?? {
        ...{ metric, label, unit: METRICS[metric].unit, mean: gaps, min: [...gaps], max: [...gaps] },
      };
      const step = stepOf(reading);
      const isKnown =
        step < known && (history.series.find((each) => keyOf(each) === key)?.mean[step] ?? null) !== null;
      if (!isKnown) put(one, step, value);
      series.set(key, one);
    }
  }
  return {
    ...history,
    to: new Date(fromMs + length * stepMs).toISOString(),
    series: [...series.values()],
  };
}

function put({ mean, min, max }: Series, step: number, value: number): void {
  mean[step] = value;
  min[step] = Math.min(min[step] ?? value, value);
  max[step] = Math.max(max[step] ?? value, value);
}

const longer = (series: Series, length: number): Series => {
  const grown = (points: Points): Points => [
    ...points,
    ...Array<null>(Math.max(0, length - points.length)).fill(null),
  ];
  return { ...series, mean: grown(series.mean), min: grown(series.min), max: grown(series.max) };
};

const keyOf = ({ metric, label }: Pick<Series, 'metric' | 'label'>): string => `${metric} ${label ?? ''}`;

/** The history as it goes on while the page is open. */
export function useWithTail(
  serverId: string,
  history: MetricHistory | undefined,
  isLive: boolean,
): MetricHistory | undefined {
  const reading = useReading(serverId);
  const [tail, setTail] = useState<readonly ServerMetrics[]>([]);
  if (reading !== undefined && tail.at(-1) !== reading) setTail([...tail.slice(1 - MOST), reading]);
  return useMemo(
    () => (history === undefined || !isLive ? history : withTail(history, tail)),
    [history, tail, isLive],
  );
}
