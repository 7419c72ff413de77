import { type MetricSample, MOST_IN_SAMPLE } from '@homelabcmd/protocol';

/** By what two things of one kind are known to be the same one. */
const NAMES = { disks: 'mount', disk_io: 'device', network: 'interface', temperatures: 'sensor' } as const;

/** Samples as one: of each reading the mean of those that there were. @throws RangeError of none */
export function meanOf(samples: readonly MetricSample[]): MetricSample {
  const [first] = samples;
  if (first === undefined) throw new RangeError('a mean of nothing');
  const keys = Object.keys(first) as (keyof MetricSample)[];
  const means = keys.map((key) => {
    const values = samples.map((sample) => sample[key]);
    return [
      key,
      Array.isArray(first[key]) ? meanOfThings(key as keyof typeof NAMES, samples) : meanOfNumbers(values),
    ];
  });
  return Object.fromEntries(means) as MetricSample;
}

function meanOfNumbers(values: readonly unknown[]): number | null {
  const numbers = values.filter((value) => typeof value === 'number');
  return numbers.length === 0 ? null : numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
}

function meanOfThings(kind: keyof typeof NAMES, samples: readonly MetricSample[]): Record<string, unknown>[] {
  const name = NAMES[kind];
  const all = samples.flatMap((sample): Record<string, unknown>[] => sample[kind]);
  // Of things that come and go there may be more in a minute than a sample may name.
  const byName = [...Map.groupBy(all, (thing) => thing[name])].slice(0, MOST_IN_SAMPLE[kind]);
  return byName.map(([called, same]) => {
    const numbers = Object.keys(same[0] ?? {}).filter((key) => key !== name);
    const means = numbers.map((key) => [key, meanOfNumbers(same.map((thing) => thing[key]))]);
    return { [name]: called, ...Object.fromEntries(means) };
  });
}
