import { distributionOf, type Finding, forComparison, milliseconds } from '../statistics.ts';
import { forkFleet } from './fork.ts';

const WARM_UP = 20;
const SCRAPES = 300;
const CHANGES_PER_SECOND = 100;
const LIMIT_MS = 100;

/** What Prometheus takes of a hub with a large fleet, while nothing happens and while much does. */
export async function benchScrape(): Promise<Finding[]> {
  await using fleet = await forkFleet();
  const { url, apiKey, servers, services } = fleet.ready;
  const scrape = async () => {
    const beganMs = performance.now();
    const response = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${apiKey}` } });
    const text = await response.text();
    if (response.status !== 200) throw new Error(text);
    return { tookMs: performance.now() - beganMs, bytes: Buffer.byteLength(text) };
  };
  const several = async (count: number) => {
    const all: Awaited<ReturnType<typeof scrape>>[] = [];
    for (let n = 0; n < count; n += 1) all.push(await scrape());
    return all;
  };
  await several(WARM_UP);
  const calm = await several(SCRAPES);
  fleet.order({ kind: 'stir', changesPerSecond: CHANGES_PER_SECOND });
  const stirred = await several(SCRAPES);
  const tookCalm = distributionOf(calm.map(({ tookMs }) => tookMs));
  return [
    {
      bar: 'P5',
      what: `a scrape, ${servers} servers × ${services} services, nothing happens`,
      figure: milliseconds(tookCalm),
      limit: `p95 ≤ ${LIMIT_MS} ms`,
      isReached: tookCalm.p95 <= LIMIT_MS,
    },
    forComparison({
      bar: 'P5',
      what: `the same, while ${CHANGES_PER_SECOND} services a second change`,
      figure: milliseconds(distributionOf(stirred.map(({ tookMs }) => tookMs))),
    }),
    forComparison({
      bar: 'P5',
      what: 'what it is of',
      figure: `${((calm.at(-1)?.bytes ?? 0) / 1024).toFixed(0)} KiB`,
    }),
  ];
}
