/** What was measured, as a distribution. */
export interface Distribution {
  readonly n: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

/** The nearest-rank percentiles of a sample. */
export function distributionOf(sample: readonly number[]): Distribution {
  const sorted = sample.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { n: sorted.length, p50: at(0.5), p95: at(0.95), max: at(1) };
}

export interface Finding {
  readonly bar: string;
  readonly what: string;
  readonly figure: string;
  readonly limit: string;
  readonly isReached: boolean;
}

/** A figure that has no limit of its own: others are read against it. */
export const forComparison = (of: Pick<Finding, 'bar' | 'what' | 'figure'>): Finding => ({
  ...of,
  limit: 'for comparison',
  isReached: true,
});

export function printFindings(findings: readonly Finding[]): void {
  const rows = [
    ['bar', 'what', 'measured', 'limit', ''],
    ...findings.map((f) => [f.bar, f.what, f.figure, f.limit, f.isReached ? 'reached' : 'MISSED']),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) {
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  }
}

export const milliseconds = ({ p50, p95, max, n }: Distribution): string =>
  `p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, max ${max.toFixed(1)} ms, n ${n}`;
