import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { LabServer } from '../lab/index.ts';
import type { House } from '../test/house/house.ts';
import type { Finding } from './statistics.ts';

const QUIET_MS = 30_000;
const HUB_LIMIT_MIB = 130;
const AGENT_LIMIT_MIB = 45;

/** Resident memory of a hub and of an agent that had nothing to do for a while. */
export async function benchMemory(house: House, server: LabServer): Promise<Finding[]> {
  await pause(QUIET_MS);
  const hubMiB = await residentMiB(house.hub.pid);
  const agentMiB = await residentMiB(await server.mainPid('homelabcmd-agent.service'));
  return [
    finding('hub, idle, one agent connected', hubMiB, HUB_LIMIT_MIB),
    finding('agent, D-Bus connected', agentMiB, AGENT_LIMIT_MIB),
  ];
}

function finding(what: string, measuredMiB: number, limitMiB: number): Finding {
  return {
    bar: 'A6',
    what,
    figure: `${measuredMiB.toFixed(1)} MiB RSS`,
    limit: `≤ ${limitMiB} MiB`,
    isReached: measuredMiB <= limitMiB,
  };
}

/** Of a process, by its id. */
export async function residentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024;
}
