import type { Page } from 'playwright-core';
import type { LabServer } from '../lab/index.ts';
import type { House } from '../test/house/house.ts';
import { type BusWitness, watchBus } from './bus-witness.ts';
import { nowMs, pageClockOffsetMs, rowSeenAtMs, watchRow } from './page-clock.ts';
import { distributionOf, type Finding, forComparison, milliseconds } from './statistics.ts';

const ROUNDS = 48;

/** From the SIGKILL of a service's main process to «Failed» in the DOM of an open page, and to the bare bus signal. */
export async function benchVisible(house: House, server: LabServer, services: string[]): Promise<Finding[]> {
  const page = await house.openPage(`/servers/${server.name}`);
  const witness = await watchBus(server);
  const toPageMs: number[] = [];
  const toBusMs: number[] = [];
  try {
    const offsetMs = await pageClockOffsetMs(page);
    for (let round = 0; round < ROUNDS; round += 1) {
      const name = services[round % services.length] ?? '';
      await untilRowShows(page, name, 'running');
      const { pageMs, busMs } = await killOnce(page, server, witness, name, offsetMs);
      toPageMs.push(pageMs);
      toBusMs.push(busMs);
      await server.exec(['systemctl', 'start', '--', `${name}.service`]);
    }
  } finally {
    await witness[Symbol.asyncDispose]();
    await page.context().close();
  }
  const shown = distributionOf(toPageMs);
  return [
    {
      bar: 'A4',
      what: 'SIGKILL → Failed in the DOM',
      figure: milliseconds(shown),
      limit: 'p50 ≤ 25 ms, p95 ≤ 60 ms',
      isReached: shown.p50 <= 25 && shown.p95 <= 60,
    },
    forComparison({
      bar: 'A4',
      what: 'SIGKILL → bare D-Bus signal, same kills',
      figure: milliseconds(distributionOf(toBusMs)),
    }),
  ];
}

async function killOnce(page: Page, server: LabServer, witness: BusWitness, name: string, offsetMs: number) {
  const pid = await server.mainPid(`${name}.service`);
  await watchRow(page, name, 'failed');
  const signalled = witness.nextFailureMs(`${name}.service`);
  const killedMs = nowMs();
  process.kill(pid, 'SIGKILL');
  const busMs = (await signalled) - killedMs;
  return { busMs, pageMs: (await rowSeenAtMs(page, offsetMs)) - killedMs };
}

export async function untilRowShows(page: Page, serviceName: string, status: string): Promise<void> {
  await page.locator(`[data-service="${serviceName}"][data-status="${status}"]`).waitFor({ timeout: 30_000 });
}
