import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { countingService } from '../lab/index.ts';
import type { House } from '../test/house/house.ts';
import { distributionOf, type Finding } from './statistics.ts';

const UNITS = 100;
const FOR_MS = 10 * 60_000;
const LOOK_EVERY_MS = 10_000;
const MEMORY_LIMIT_MIB = 45;
const CPU_LIMIT_PERCENT = 0.3;
/** What Linux has promised programs for ever (`getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100;

/** What the installed agent takes of a server with a hundred services, over ten minutes in which nothing happens. */
export async function benchAgentAtWork(house: House): Promise<Finding[]> {
  const names = Array.from({ length: UNITS }, (_, index) => `unit-${index + 1}`);
  const server = await house.addServer('bench-02', {
    units: Object.fromEntries(names.map((name) => [`${name}.service`, countingService(name)])),
    enable: names.map((name) => `${name}.service`),
    expect: names,
  });
  await house.untilService('bench-02', 'unit-100', ({ status }) => status === 'running');
  const pid = await server.mainPid('homelabcmd-agent.service');
  const [ticksBefore, beganAtMs] = [await ticksOf(pid), performance.now()];
  const resident: number[] = [];
  const own: number[] = [];
  while (performance.now() - beganAtMs < FOR_MS) {
    await pause(LOOK_EVERY_MS);
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const mib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024;
    resident.push(mib('VmRSS'));
    own.push(mib('RssAnon'));
  }
  const seconds = (performance.now() - beganAtMs) / 1000;
  const percent = ((await ticksOf(pid)) - ticksBefore) / TICKS_PER_SECOND / seconds / 0.01;
  const { p50, max, n } = distributionOf(resident);
  return [
    {
      bar: 'I6',
      what: `agent, single file, ${UNITS} units, memory`,
      figure: `p50 ${p50.toFixed(1)}, max ${max.toFixed(1)} MiB RSS, of it its own max ${distributionOf(own).max.toFixed(1)}, n ${n}`,
      limit: `≤ ${MEMORY_LIMIT_MIB} MiB`,
      isReached: max <= MEMORY_LIMIT_MIB,
    },
    {
      bar: 'I6',
      what: `agent, single file, ${UNITS} units, processor`,
      figure: `${percent.toFixed(2)} % of one over ${Math.round(seconds)} s`,
      limit: `≤ ${CPU_LIMIT_PERCENT} %`,
      isReached: percent <= CPU_LIMIT_PERCENT,
    },
  ];
}

/** Time on processors of a process, in ticks: `utime` and `stime` of proc(5). */
async function ticksOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
