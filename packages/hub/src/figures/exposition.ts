/** One series of a family: its labels, and what it reads. */
export interface Sample {
  /** Behind the family's name: `_bucket`, `_sum`, `_count`; absent elsewhere. */
  readonly suffix?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** All series of one name. */
export interface Family {
  /** By the conventions of Prometheus: what it is of, then its unit in the plural, then `_total` for a counter. */
  readonly name: string;
  readonly type: 'gauge' | 'counter' | 'histogram';
  readonly help: string;
  readonly samples: readonly Sample[];
}

export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Families in the text format of Prometheus, version 0.0.4. A family without series is left out. */
export const exposition = (families: readonly Family[]): string =>
  families
    .filter(({ samples }) => samples.length > 0)
    .map(textOf)
    .join('');

function textOf({ name, type, help, samples }: Family): string {
  const lines = samples.map(
    ({ suffix = '', labels, value }) => `${name}${suffix}${labelsOf(labels)} ${numberOf(value)}\n`,
  );
  return `# HELP ${name} ${escaped(help)}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function labelsOf(labels: Sample['labels']): string {
  if (labels === undefined) return '';
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${quoted(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** What the format takes out of a line: a name that somebody else has chosen stays within its quotes. */
const quoted = (text: string): string => escaped(text).replaceAll('"', '\\"');

const escaped = (text: string): string =>
  text.toWellFormed().replaceAll('\\', '\\\\').replaceAll('\n', '\\n');

function numberOf(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}

/** A gauge of one series, or none where nobody knows. */
export const gauge = (name: string, help: string, value: number | null): Family => ({
  ...{ name, help, type: 'gauge' },
  samples: value === null ? [] : [{ value }],
});

/** A counter of one series. */
export const counter = (name: string, help: string, value: number): Family => ({
  ...{ name, help, type: 'counter' },
  samples: [{ value }],
});

/** How many of each of a closed set of things. */
export const tallied = (
  type: 'gauge' | 'counter',
  name: string,
  help: string,
  label: string,
  counts: ReadonlyMap<string, number>,
): Family => ({
  ...{ name, help, type },
  samples: [...counts].map(([word, value]) => ({ labels: { [label]: word }, value })),
});
