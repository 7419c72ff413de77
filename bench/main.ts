import { cpus, release } from 'node:os';
import { countingService, labProblem } from '../lab/index.ts';
import { openHouse } from '../test/house/house.ts';
import { benchMemory } from './memory.ts';
import { benchRestart } from './restart.ts';
import { type Finding, printFindings } from './statistics.ts';
import { benchVisible } from './visible.ts';

/** One line a measurement; the memory first, while nothing has happened. */
const BENCHES = [
  { bar: 'A6', says: 'memory at rest (30 s)', measure: benchMemory },
  { bar: 'A4', says: 'how soon a failure is seen', measure: benchVisible },
  { bar: 'A5', says: 'how soon an approved restart has run', measure: benchRestart },
];

/** Measures the product's speed and size on real systemd and a real browser, beside its limits; all of it, or the bars that are named. */
async function main(): Promise<number> {
  const problem = labProblem();
  if (problem !== null) {
    console.error(`These figures need a lab. ${problem}`);
    return 1;
  }
  const services = ['alpha', 'beta', 'gamma', 'delta'];
  await using house = await openHouse({ HOMELABCMD_SETTLE_MS: '200', HOMELABCMD_LOG_LEVEL: 'warn' });
  console.log(
    `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, Linux ${release()}\n`,
  );
  const server = await house.addServer('bench-01', {
    units: Object.fromEntries(services.map((name) => [`${name}.service`, countingService(name)])),
    enable: services.map((name) => `${name}.service`),
    allow: services.map((name) => `${name}.service`),
    expect: services,
  });
  const wanted = process.argv.slice(2);
  const isWanted = (bar: string) => wanted.length === 0 || wanted.includes(bar);
  const findings: Finding[] = [];
  for (const { bar, says, measure } of BENCHES) {
    if (!isWanted(bar)) continue;
    console.log(`${bar}: ${says} …`);
    findings.push(...(await measure(house, server, services)));
  }
  console.log();
  printFindings(findings.toSorted((a, b) => a.bar.localeCompare(b.bar)));
  return findings.every((finding) => finding.isReached) ? 0 : 1;
}

process.exitCode = await main();
