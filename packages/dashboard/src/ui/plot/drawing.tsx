import 'uplot/dist/uPlot.min.css';
import { type RefObject, useEffect, useImperativeHandle, useLayoutEffect, useRef } from 'react';
import uPlot from 'uplot';
import { drawBackdrop, drawRules } from './backdrop.ts';
import { type Ink, inkOf, LINES, onTheme } from './ink.ts';
import type { PlotLine, PlotProps } from './plot-data.ts';
import type { PlotHandle } from './plot.tsx';

type DrawingProps = PlotProps & { readonly handle: RefObject<PlotHandle | null> };

/** Draws a plot on a canvas. Its words are told by what is around it. */
export default function Drawing(props: DrawingProps) {
  const element = useRef<HTMLDivElement>(null);
  const newest = useRef(props);
  const drawn = useRef<uPlot | null>(null);
  const { handle, together } = props;
  const looks = props.lines.map(({ look }) => look).join();
  useLayoutEffect(() => {
    newest.current = props;
  });
  const { atMs, lines, rules, hatched, fromMs, toMs, top } = props;
  // The cursor alone draws nothing anew.
  useLayoutEffect(() => {
    drawn.current?.setData(dataOf({ atMs, lines }));
  }, [atMs, lines, rules, hatched, fromMs, toMs, top]);
  useEffect(() => {
    const place = element.current;
    // Where nothing can be drawn, as in a browser without canvas, the words and the table are there all the same.
    if (place === null || document.createElement('canvas').getContext('2d') === null) return;
    let ink = inkOf(place);
    const plot = new uPlot(
      optionsOf(place, newest, () => ink, together),
      dataOf(newest.current),
      place,
    );
    const offTheme = onTheme(() => {
      ink = inkOf(place);
      plot.redraw();
    });
    const sized = new ResizeObserver(() =>
      plot.setSize({ width: place.clientWidth, height: place.clientHeight }),
    );
    sized.observe(place);
    drawn.current = plot;
    return () => {
      drawn.current = null;
      sized.disconnect();
      offTheme();
      plot.destroy();
    };
  }, [looks, together]);
  useImperativeHandle(handle, () => ({
    moveTo: (point) => {
      if (drawn.current !== null) moveTo(drawn.current, point);
    },
  }));
  return <div className="plot-at" ref={element} aria-hidden="true" />;
}

/** Its types leave out that it tells the plots that go together with it, where it is asked to. */
interface Movable {
  setCursor(at: { left: number; top: number }, tells: boolean, tellsOthers: boolean): void;
}

function moveTo(plot: uPlot, point: number | null): void {
  const movable: Movable = plot;
  const at = point === null ? undefined : plot.data[0][point];
  movable.setCursor(
    at === undefined ? { left: -10, top: -10 } : { left: plot.valToPos(at, 'x'), top: 1 },
    true,
    true,
  );
}

const dataOf = ({ atMs, lines }: Pick<PlotProps, 'atMs' | 'lines'>): uPlot.AlignedData => [
  atMs.map((ms) => ms / 1000),
  ...lines.flatMap(({ mean, min, max }) => [[...mean], [...min], [...max]]),
];

function optionsOf(
  place: HTMLElement,
  newest: RefObject<PlotProps>,
  ink: () => Ink,
  together: string,
): uPlot.Options {
  const { lines } = newest.current;
  return {
    width: Math.max(1, place.clientWidth),
    height: Math.max(1, place.clientHeight),
    padding: [1, 0, 1, 0],
    legend: { show: false },
    axes: [{ show: false }, { show: false }],
    scales: {
      x: { time: false, range: () => [newest.current.fromMs / 1000, newest.current.toMs / 1000] },
      y: { range: () => [0, newest.current.top] },
    },
    series: [{}, ...lines.flatMap((line) => seriesOf(line, lines.length, ink))],
    // A line is series 3n + 1, its least 3n + 2 and its greatest 3n + 3.
    bands: lines.map(({ look }, n) => ({
      series: [3 * n + 3, 3 * n + 2],
      fill: () => ink()(LINES[look].token, 0.16),
    })),
    cursor: {
      sync: { key: together, setSeries: false },
      drag: { x: false, y: false },
      y: false,
      // None at the edges of the bands.
      points: { size: (_, series) => (series % 3 === 1 ? 5 : 0) },
    },
    hooks: {
      drawClear: [(u) => drawBackdrop(u, newest.current, ink())],
      draw: [(u) => drawRules(u, newest.current, ink())],
      setCursor: [(u) => newest.current.onPoint(u.cursor.idx ?? null)],
    },
  };
}

function seriesOf({ look }: PlotLine, of: number, ink: () => Ink): uPlot.Series[] {
  const { token, width, dash } = LINES[look];
  const edge: uPlot.Series = { stroke: 'transparent', width: 0, points: { show: false } };
  return [
    {
      stroke: () => ink()(token),
      width,
      dash,
      ...(of === 1 && { fill: () => ink()(token, 0.07) }),
      points: { show: true, size: 3, width: 0, fill: () => ink()(token), filter: lonePoints },
    },
    edge,
    edge,
  ];
}

/** Between two gaps a line has no length: there a point is drawn. */
function lonePoints(u: uPlot, series: number, show: boolean): number[] | null {
  if (!show) return null;
  const values = u.data[series] ?? [];
  const isThere = (at: number) => (values[at] ?? null) !== null;
  return Array.from(values, (_, at) => at).filter(
    (at) => isThere(at) && !isThere(at - 1) && !isThere(at + 1),
  );
}
