import type { Family, Sample } from './exposition.ts';

/** In seconds. Most requests are answered in a few milliseconds; one of seconds is a store or a disk in trouble. */
const BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10] as const;
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

interface Line {
  readonly method: string;
  readonly status: string;
  /** Of each bucket alone; they are added up when they are told. */
  readonly counts: number[];
  sumS: number;
  total: number;
}

/** How long requests took, by method and class of status: so few labels that no request can make many series. */
export class Durations {
  readonly #lines = new Map<string, Line>();

  observe(requestMethod: string, statusCode: number, seconds: number): void {
    const method = METHODS.has(requestMethod) ? requestMethod : 'other';
    const status = `${Math.floor(statusCode / 100)}xx`;
    const key = `${method} ${status}`;
    let line = this.#lines.get(key);
    if (line === undefined) {
      line = { method, status, counts: BUCKETS_S.map(() => 0), sumS: 0, total: 0 };
      this.#lines.set(key, line);
    }
    const bucket = BUCKETS_S.findIndex((upTo) => seconds <= upTo);
    if (bucket >= 0) line.counts[bucket] = (line.counts[bucket] ?? 0) + 1;
    line.sumS += seconds;
    line.total += 1;
  }

  family(name: string, help: string): Family {
    return { name, help, type: 'histogram', samples: [...this.#lines.values()].flatMap(samplesOf) };
  }
}

function samplesOf({ method, status, counts, sumS, total }: Line): Sample[] {
  const labels = { method, status };
  let upToHere = 0;
  const buckets = BUCKETS_S.map((le, n): Sample => {
    upToHere += counts[n] ?? 0;
    return { suffix: '_bucket', labels: { ...labels, le: String(le) }, value: upToHere };
  });
  return [
    ...buckets,
    { suffix: '_bucket', labels: { ...labels, le: '+Inf' }, value: total },
    { suffix: '_sum', labels, value: sumS },
    { suffix: '_count', labels, value: total },
  ];
}
