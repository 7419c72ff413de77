import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { absentUnit } from '../systemd/port.ts';
import { newRecord } from './record.ts';
import { parseCpuUsec, parseResidentPages, UsageMeter } from './usage.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'usage-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function put(path: string, text: string): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
}
const meter = () => new UsageMeter({ proc: join(folder, 'proc'), cgroup: join(folder, 'cgroup') });
const running = () => {
  const state = {
    ...absentUnit('plex.service'),
    activeState: 'active',
    mainPid: 7,
    controlGroup: '/s/plex.service',
  };
  return newRecord(state, true);
};
const cpu = (usec: number) => put('cgroup/s/plex.service/cpu.stat', `usage_usec ${usec}\nuser_usec 1\n`);

test("the group's own account, and processor time between two looks", async () => {
  put('cgroup/s/plex.service/memory.current', '8192\n');
  put('cgroup/s/plex.service/memory.peak', '16384\n');
  cpu(1_000_000);
  const subject = meter();
  const record = running();
  const now = vi.spyOn(performance, 'now').mockReturnValue(1000);
  expect(await subject.measure([record])).toEqual([
    { unit: 'plex.service', pid: 7, memory_bytes: 8192, cpu_percent: null },
  ]);
  cpu(3_500_000);
  now.mockReturnValue(11_000);
  expect(await subject.measure([record])).toMatchObject([{ cpu_percent: 25 }]);
  expect(record).toMatchObject({ memoryPeakBytes: 16_384, usage: { memoryBytes: 8192, cpuPercent: 25 } });
});

test('without a memory controller the pages of its processes are counted', async () => {
  put('cgroup/s/plex.service/cgroup.procs', '7\n8\n9\n');
  put('proc/7/statm', '1000 10 5 1 0 9 0\n');
  put('proc/8/statm', '1000 20 5 1 0 9 0\n');
  expect(await meter().measure([running()])).toMatchObject([{ memory_bytes: 30 * 4096 }]);
});

test('what cannot be seen is unknown, not 0', async () => {
  put('cgroup/s/plex.service/cgroup.procs', '7\n');
  expect(await meter().measure([running()])).toEqual([
    { unit: 'plex.service', pid: 7, memory_bytes: null, cpu_percent: null },
  ]);
});

test('a service that is down uses nothing, and is left out', async () => {
  const record = running();
  record.state = { ...record.state, activeState: 'failed' };
  expect(await meter().measure([record])).toEqual([]);
});

test('the files of the kernel', () => {
  expect(parseCpuUsec('usage_usec 12\nuser_usec 3\n')).toBe(12);
  expect(parseCpuUsec('')).toBeNull();
  expect(parseResidentPages('1000 10 5 1 0 9 0\n')).toBe(10);
  expect(parseResidentPages('')).toBeNull();
});
