import './plot.css';
import { type KeyboardEvent, Suspense, lazy, useRef, useState } from 'react';
import { part } from '../../lib/part.ts';
import type { PlotProps } from './plot-data.ts';

const Drawing = lazy(part(() => import('./drawing.tsx')));

/** Moves the cursor of a plot, and of those that go together with it. */
export interface PlotHandle {
  readonly moveTo: (point: number | null) => void;
}

/**
 * Lines over time, with a cursor that a pointer or the arrow keys move. To readers of text it is a slider: each point is
 * a value that is told in words.
 */
export function Plot(props: PlotProps) {
  const { label, atMs, wordsOf, onPoint } = props;
  const drawing = useRef<PlotHandle | null>(null);
  const [point, setPoint] = useState<number | null>(null);
  const last = Math.max(0, atMs.length - 1);
  const now = Math.min(point ?? last, last);
  const tell = (next: number | null) => {
    setPoint(next);
    onPoint(next);
  };
  const move = (event: KeyboardEvent) => {
    const next = pointBy(event.key, now, last);
    if (next === undefined) return;
    event.preventDefault();
    drawing.current?.moveTo(next);
    tell(next);
  };
  return (
    <div
      className="plot"
      role="slider"
      tabIndex={0}
      aria-label={`${label}, a point in time`}
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={now}
      aria-valuetext={wordsOf(now)}
      onKeyDown={move}
    >
      <Suspense fallback={<span className="skel plot-skel" />}>
        <Drawing {...props} onPoint={tell} handle={drawing} />
      </Suspense>
    </div>
  );
}

/** The point that a key leads to; `undefined` where it leads nowhere. */
export function pointBy(key: string, now: number, last: number): number | null | undefined {
  const page = Math.max(1, Math.round(last / 10));
  const by: Readonly<Record<string, number>> = {
    ...{ ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -page, PageUp: page },
    ...{ Home: -last, End: last },
  };
  if (key === 'Escape') return null;
  const step = by[key];
  return step === undefined ? undefined : Math.min(Math.max(now + step, 0), last);
}
