const WIDTH = 64;
const TOP = 2;
const BOTTOM = 18;
const DOT_RADIUS = 1.9;
/** Room for the dot, so that it stands at the end of the line and not outside. */
const LAST_X = WIDTH - DOT_RADIUS;

type Points = readonly (number | null)[];

const yOf = (percent: number): number =>
  BOTTOM - (Math.min(Math.max(percent, 0), 100) / 100) * (BOTTOM - TOP);
const round = (value: number): string => value.toFixed(1);

/** A line from 0 to 100 % that breaks where there was no reading. A point between two gaps is a short dash. */
export function sparkPath(points: Points): string {
  const stepX = points.length < 2 ? 0 : LAST_X / (points.length - 1);
  let path = '';
  points.forEach((value, at) => {
    if (value === null) return;
    const x = at * stepX;
    const begins = (points[at - 1] ?? null) === null;
    const ends = (points[at + 1] ?? null) === null;
    path += `${begins ? 'M' : 'L'}${round(x)} ${round(yOf(value))}`;
    if (begins && ends) path += 'h.1';
  });
  return path;
}

/** The last hour of a reading. Its numbers are text beside it. */
export function Spark({ points }: { points: Points }) {
  const last = points.at(-1) ?? null;
  return (
    <svg className="spark" viewBox={`0 0 ${WIDTH} 20`} aria-hidden="true" focusable="false">
      <line x1="0" x2={WIDTH} y1={BOTTOM + 1.5} y2={BOTTOM + 1.5} />
      <path d={sparkPath(points)} />
      {last !== null && <circle cx={LAST_X} cy={round(yOf(last))} r={DOT_RADIUS} />}
    </svg>
  );
}

/** `, 3 to 22 % in the last hour`: what the line shows, in words. */
export function rangeWords(points: Points): string {
  const values = points.filter((value) => value !== null);
  if (values.length < 2) return '';
  const low = Math.round(Math.min(...values));
  const high = Math.round(Math.max(...values));
  return low === high
    ? `, steady at ${low} % in the last hour`
    : `, between ${low} and ${high} % in the last hour`;
}
