import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The part of V8's CPU profile that is read here. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
}

export interface Share {
  readonly where: string;
  /** Of all samples, idle ones included. */
  readonly share: number;
}

/** Where the processor's time went: the functions in which most samples were taken, by their own time. */
export function sharesOfProfile(folder: string, most: number): Share[] {
  const file = readdirSync(folder).find((name) => name.endsWith('.cpuprofile'));
  if (file === undefined) throw new Error(`no profile was left in ${folder}`);
  const { nodes, samples } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as CpuProfile;
  const places = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
      id,
      url === '' ? functionName : `${functionName || 'a function'} (${basename(url)}:${lineNumber + 1})`,
    ]),
  );
  const counts = new Map<string, number>();
  for (const id of samples) {
    const place = places.get(id) ?? '?';
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  return [...counts]
    .toSorted((a, b) => b[1] - a[1])
    .slice(0, most)
    .map(([where, count]) => ({ where, share: count / samples.length }));
}
