import { cpus, release } from 'node:os';
import { countingService, labProblem } from '../lab/index.ts';
import { openHouse } from '../test/house/house.ts';
import { benchMemory } from './memory.ts';
import { benchRestart } from './restart.ts';
import { type Finding, printFindings } from './statistics.ts';
import { benchVisible } from './visible.ts';

/** Measures the product's speed and size on real systemd and a real browser, beside its limits. */
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
  const findings: Finding[] = [];
  console.log('A6: memory at rest (30 s) …');
  findings.push(...(await benchMemory(house, server)));
  console.log('A4: how soon a failure is seen …');
  findings.push(...(await benchVisible(house, server, services)));
  console.log('A5: how soon an approved restart has run …\n');
  findings.push(...(await benchRestart(house, server, services)));
  printFindings(findings.toSorted((a, b) => a.bar.localeCompare(b.bar)));
  return findings.every((finding) => finding.isReached) ? 0 : 1;
}

process.exitCode = await main();
