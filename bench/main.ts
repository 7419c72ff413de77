import { cpus, release } from 'node:os';
import { countingService, labProblem } from '../lab/index.ts';
import { openHouse } from '../test/house/house.ts';
import { benchAgentAtWork } from './agent-at-work.ts';
import { benchFleetPage } from './fleet/page.ts';
import { benchReporting } from './fleet/reporting.ts';
import { benchScrape } from './fleet/scrape.ts';
import { benchHistory } from './history/history.ts';
import { benchMemory } from './memory.ts';
import { benchRestart } from './restart.ts';
import { type Finding, printFindings } from './statistics.ts';
import { benchThroughput } from './throughput/throughput.ts';
import { benchTold } from './told/told.ts';
import { benchVisible } from './visible.ts';

/** One line a measurement. In a house: beside real systemd servers; the memory first, while nothing has happened. */
const HOUSE_BENCHES = [
  { bar: 'A6', says: 'memory at rest (30 s)', measure: benchMemory },
  { bar: 'I6', says: 'what the agent takes of a server (10 min)', measure: benchAgentAtWork },
  { bar: 'A4', says: 'how soon a failure is seen', measure: benchVisible },
  { bar: 'A5', says: 'how soon an approved restart has run', measure: benchRestart },
  { bar: 'D4', says: 'how soon somebody is told', measure: benchTold },
];
const LONE_BENCHES = [
  { bar: 'P4', says: 'the page of a large fleet', measure: benchFleetPage },
  { bar: 'P5', says: 'what Prometheus takes of the hub', measure: benchScrape },
  { bar: 'D7', says: 'what a hub takes to which 50 servers report (5 min)', measure: benchReporting },
  { bar: 'B7', says: 'how many actions a hub takes in a second', measure: benchThroughput },
  {
    bar: 'D5',
    says: 'the size of 30 days of readings, and how soon a chart of them is there',
    measure: benchHistory,
  },
];

/** Measures the product's speed and size beside its limits; all of it, or the bars that are named. */
async function main(): Promise<number> {
  const wanted = process.argv.slice(2);
  const known = [...HOUSE_BENCHES, ...LONE_BENCHES].map(({ bar }) => bar);
  const strangers = wanted.filter((bar) => !known.includes(bar));
  if (strangers.length > 0) {
    console.error(
      `There is no measurement ${strangers.join(', ')}. Name some of ${known.join(', ')}, or none.`,
    );
    return 1;
  }
  console.log(
    `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, Linux ${release()}\n`,
  );
  const isWanted = ({ bar }: { bar: string }) => wanted.length === 0 || wanted.includes(bar);
  const findings: Finding[] = [];
  for (const { bar, says, measure } of LONE_BENCHES.filter(isWanted)) {
    console.log(`${bar}: ${says} …`);
    findings.push(...(await measure()));
  }
  findings.push(...(await benchHouse(HOUSE_BENCHES.filter(isWanted))));
  console.log();
  printFindings(findings.toSorted((a, b) => a.bar.localeCompare(b.bar)));
  return findings.every((finding) => finding.isReached) ? 0 : 1;
}

/** What is measured on one server of a lab. @throws where there can be no lab */
async function benchHouse(benches: typeof HOUSE_BENCHES): Promise<Finding[]> {
  if (benches.length === 0) return [];
  const problem = labProblem();
  if (problem !== null) throw new Error(`These figures need a lab. ${problem}`);
  const services = ['alpha', 'beta', 'gamma', 'delta'];
  await using house = await openHouse({
    ...{ HOMELABCMD_SETTLE_MS: '200', HOMELABCMD_LOG_LEVEL: 'warn', HOMELABCMD_OUTGOING_HOSTS: '127.0.0.1' },
  });
  const server = await house.addServer('bench-01', {
    units: Object.fromEntries(services.map((name) => [`${name}.service`, countingService(name)])),
    enable: services.map((name) => `${name}.service`),
    allow: services.map((name) => `${name}.service`),
    expect: services,
  });
  const findings: Finding[] = [];
  for (const { bar, says, measure } of benches) {
    console.log(`${bar}: ${says} …`);
    findings.push(...(await measure(house, server, services)));
  }
  return findings;
}

process.exitCode = await main();
