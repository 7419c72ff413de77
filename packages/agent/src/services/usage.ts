import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceUsage } from '@homelabcmd/protocol';
import type { ServiceRecord } from './record.ts';

/** Where the machine's processes and control groups are to be seen. */
export interface UsageRoots {
  proc: string;
  cgroup: string;
}

/** `/sys/fs/cgroup`, or below it where version 1 holds the root. */
export function cgroupRoot(): string {
  const hybrid = '/sys/fs/cgroup/unified';
  return existsSync(join(hybrid, 'cgroup.procs')) ? hybrid : '/sys/fs/cgroup';
}

const PAGE_BYTES = 4096;
const IN_ONE_GO = 20;

interface CpuMark {
  usec: number;
  atMs: number;
}

/**
 * Memory and processor use of services, from the kernel's own accounts: no question to systemd, no process. Kept
 * between samples: the processor time of each control group.
 */
export class UsageMeter {
  readonly #roots: UsageRoots;
  #marks = new Map<string, CpuMark>();

  constructor(roots: UsageRoots) {
    this.#roots = roots;
  }

  /** Where control groups are to be seen. */
  get cgroup(): string {
    return this.#roots.cgroup;
  }

  /** Measures each running service and notes it in its record. Gives way to other work now and then. */
  async measure(records: Iterable<ServiceRecord>): Promise<ServiceUsage[]> {
    const marks = new Map<string, CpuMark>();
    const usages: ServiceUsage[] = [];
    let done = 0;
    for (const record of records) {
      const usage = this.#measureOne(record, marks);
      if (usage !== null) usages.push(usage);
      done += 1;
      if (done % IN_ONE_GO === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    this.#marks = marks;
    return usages.slice(0, 2000);
  }

  /** What a control group holds in memory now, in bytes. */
  memoryOf(controlGroup: string): number | null {
    return controlGroup === '' ? null : this.#memory(join(this.#roots.cgroup, controlGroup));
  }

  #measureOne(record: ServiceRecord, marks: Map<string, CpuMark>): ServiceUsage | null {
    const { id, controlGroup, mainPid, activeState } = record.state;
    if (activeState === 'inactive' || activeState === 'failed' || controlGroup === '') {
      record.usage = null;
      return null;
    }
    const folder = join(this.#roots.cgroup, controlGroup);
    const pid = mainPid > 0 ? mainPid : null;
    const memoryBytes = this.#memory(folder);
    const peak = numberIn(readOr(join(folder, 'memory.peak')));
    if (peak !== null || memoryBytes !== null)
      record.memoryPeakBytes = peak ?? Math.max(record.memoryPeakBytes ?? 0, memoryBytes ?? 0);
    const cpuPercent = this.#cpu(controlGroup, folder, marks);
    if (pid === null && memoryBytes === null && cpuPercent === null) return null;
    record.usage = { pid, memoryBytes, cpuPercent };
    return { unit: id, pid, memory_bytes: memoryBytes, cpu_percent: cpuPercent };
  }

  #cpu(controlGroup: string, folder: string, marks: Map<string, CpuMark>): number | null {
    const usec = parseCpuUsec(readOr(join(folder, 'cpu.stat')));
    if (usec === null) return null;
    const mark = { usec, atMs: performance.now() };
    marks.set(controlGroup, mark);
    const before = this.#marks.get(controlGroup);
    if (before === undefined || usec < before.usec || mark.atMs <= before.atMs) return null;
    return Math.round(((usec - before.usec) / 10 / (mark.atMs - before.atMs)) * 10) / 10;
  }

  /** The group's own account, or, without a memory controller, the resident pages of its processes together. */
  #memory(folder: string): number | null {
    const accounted = numberIn(readOr(join(folder, 'memory.current')));
    if (accounted !== null) return accounted;
    const pids = readOr(join(folder, 'cgroup.procs')).split('\n').filter(Boolean);
    const pages = pids.flatMap(
      (pid) => parseResidentPages(readOr(join(this.#roots.proc, pid, 'statm'))) ?? [],
    );
    return pages.length === 0 ? null : pages.reduce((sum, one) => sum + one, 0) * PAGE_BYTES;
  }
}

export function parseCpuUsec(text: string): number | null {
  const match = /^usage_usec (\d+)$/m.exec(text);
  return match === null ? null : Number(match[1]);
}

/** The second number of `/proc/PID/statm`; `null` for a process that has ended or is hidden. */
export function parseResidentPages(statm: string): number | null {
  const pages = statm.split(' ')[1];
  return pages === undefined ? null : Number(pages);
}

const numberIn = (text: string): number | null => (/^\d+$/.test(text.trim()) ? Number(text) : null);

/** What is not there is asked for, not tried: of a hundred services without an account, an error each would cost more than all the rest. */
function readOr(path: string): string {
  if (!existsSync(path)) return '';
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
