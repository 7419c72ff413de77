import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { countingService, labProblem, openLab, runsOf } from './index.ts';

const problem = labProblem();
const PATIENCE = { timeout: 20_000 };
const TIMEOUT_MS = 60_000;

/** A folder for the state of labs and disks of one test. */
async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'homelabcmd-lab-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** What of a run can be seen on this machine: its state, cgroups, interfaces, mounts and processes. */
function tracesOf(stateDir: string, runId: string): string[] {
  const cgroups = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].map((d) => `${d}/homelabcmd-lab-${runId}`);
  const interfaces = readdirSync('/sys/class/net').filter(
    (name) => name.startsWith('hl') && name.includes(runId),
  );
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .filter((line) => line.includes(runId));
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(join(stateDir, runId));
      } catch {
        return false;
      }
    });
  return [...cgroups, join(stateDir, runId)]
    .filter((path) => existsSync(path))
    .concat(interfaces, mounts, processes);
}

/** A process of its own that opens a lab, boots a server in it, prints both and waits. */
async function startOwner(stateDir: string) {
  const program = `
    import { openLab } from '${new URL('index.ts', import.meta.url)}';
    const lab = await openLab({ stateDir: process.argv[1] });
    const server = await lab.boot('a', { ownNetwork: true });
    console.log(JSON.stringify({ runId: lab.runId, systemd: server.pid }));
    setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', program, stateDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(owner.stdout, 'data')) as [Buffer];
  return { owner, ...(JSON.parse(line.toString()) as { runId: string; systemd: number }) };
}

describe.skipIf(problem !== null)(`the lab${problem ? `: ${problem}` : ''}`, { timeout: TIMEOUT_MS }, () => {
  test('boots a real systemd with its own files, units and name', async () => {
    const stateDir = await newFolder();
    await using lab = await openLab({ stateDir });
    const bootId = randomUUID();
    const server = await lab.boot('media-01', {
      units: { 'demo.service': countingService('demo') },
      enable: ['demo.service'],
      etc: { 'secret/key': { content: 'x', mode: 0o600 } },
      binds: [{ source: import.meta.dirname, target: '/lab', readOnly: true }],
      bootId,
    });
    expect((await server.exec(['systemctl', 'is-system-running'])).stdout).toBe('running\n');
    expect((await server.exec(['hostname'])).stdout).toBe('media-01\n');
    expect(await server.read('/proc/sys/kernel/random/boot_id')).toBe(`${bootId}\n`);
    expect((await server.exec(['stat', '-c', '%a', '/etc/secret/key'])).stdout).toBe('600\n');
    expect((await server.exec(['touch', '/lab/x'])).stderr).toContain('Read-only');
    expect(await runsOf(server, 'demo')).toEqual([await server.unit('demo.service', 'InvocationID')]);
    const journal = await server.exec(['journalctl', '-o', 'cat', '-u', 'demo.service']);
    expect(journal.stdout).toContain('Started demo.service');
  });

  test('runs programs inside, and says how they ended', async () => {
    await using lab = await openLab({ stateDir: await newFolder() });
    const server = await lab.boot('a');
    expect(await server.exec(['cat'], { input: 'grüße' })).toEqual({ code: 0, stdout: 'grüße', stderr: '' });
    expect(await server.exec(['sh', '-c', 'echo no >&2; exit 3'])).toEqual({
      code: 3,
      stdout: '',
      stderr: 'no\n',
    });
    await expect(server.exec(['sleep', '60'], { timeoutMs: 100 })).rejects.toThrow(
      'sleep 60 did not end within 100 ms',
    );
    await expect
      .poll(() => server.exec(['ps', '-C', 'sleep', '-o', 'stat=']).then((r) => r.stdout), PATIENCE)
      .toMatch(/^Z?\s*$/);
    await server.write('/var/lib/x/y', 'z', { owner: 'nobody:nogroup', mode: 0o640 });
    const stat = await server.exec(['stat', '-c', '%U:%G %a', '/var/lib/x/y']);
    expect(stat.stdout).toBe('nobody:nogroup 640\n');
  });

  test('names the main process of a unit so that it can be killed from here', async () => {
    await using lab = await openLab({ stateDir: await newFolder() });
    const server = await lab.boot('a', {
      units: { 'demo.service': countingService('demo') },
      enable: ['demo.service'],
    });
    process.kill(await server.mainPid('demo.service'), 'SIGKILL');
    await expect.poll(() => server.unit('demo.service', 'Result'), PATIENCE).toBe('signal');
    expect(await server.unit('demo.service', 'ExecMainStatus')).toBe('9');
    await expect(server.mainPid('demo.service')).rejects.toThrow('no main process');
  });

  test('gives a server its own network, which can be cut', async () => {
    await using lab = await openLab({ stateDir: await newFolder() });
    expect(lab.gateway).toBeNull();
    const listen = '[Socket]\nListenStream=7\nAccept=yes\n';
    const echo = '[Service]\nExecStart=/bin/cat\nStandardInput=socket\n';
    const [a, b] = await Promise.all([
      lab.boot('a', {
        ownNetwork: true,
        units: { 'echo.socket': listen, 'echo@.service': echo },
        enable: ['echo.socket'],
      }),
      lab.boot('b', { ownNetwork: true }),
    ]);
    expect(a.address).not.toBe(b.address);
    expect(lab.gateway?.split('.').slice(0, 3)).toEqual(a.address?.split('.').slice(0, 3));
    const reaches = () =>
      new Promise<boolean>((resolve) => {
        const socket = connect({ host: a.address ?? '', port: 7, timeout: 300 });
        const end = (answer: boolean) => {
          socket.destroy();
          resolve(answer);
        };
        socket
          .once('connect', () => end(true))
          .once('timeout', () => end(false))
          .once('error', () => end(false));
      });
    expect(await reaches()).toBe(true);
    await a.cutNetwork();
    expect(await reaches()).toBe(false);
    await a.restoreNetwork();
    await expect.poll(reaches, PATIENCE).toBe(true);
  });

  test('reboots: the disk and the journal stay, the boot id and systemd do not', async () => {
    await using lab = await openLab({ stateDir: await newFolder() });
    const server = await lab.boot('a', {
      units: { 'demo.service': countingService('demo') },
      persistDir: await newFolder(),
    });
    await server.exec(['systemctl', 'enable', '--now', 'demo.service']);
    const before = { pid: server.pid, bootId: await server.read('/proc/sys/kernel/random/boot_id') };
    await server.reboot();
    expect(server.pid).not.toBe(before.pid);
    expect(existsSync(`/proc/${before.pid}`)).toBe(false);
    expect(await server.read('/proc/sys/kernel/random/boot_id')).not.toBe(before.bootId);
    expect(await runsOf(server, 'demo')).toHaveLength(2);
    expect(await server.unit('demo.service', 'ActiveState')).toBe('active');
    const boots = await server.exec(['journalctl', '--list-boots', '--quiet']);
    expect(boots.stdout).toContain(before.bootId.trim().replaceAll('-', ''));
    await server.reboot({ powerCut: true });
    expect(await runsOf(server, 'demo')).toHaveLength(3);
  });

  test('two labs at once do not meet', async () => {
    const stateDir = await newFolder();
    await using one = await openLab({ stateDir });
    await using two = await openLab({ stateDir });
    const [a, b] = await Promise.all([one, two].map((lab) => lab.boot('same', { ownNetwork: true })));
    expect(one.gateway).not.toBe(two.gateway);
    await a?.write('/root/x', '1');
    expect((await b?.exec(['test', '-e', '/root/x']))?.code).toBe(1);
    await one[Symbol.asyncDispose]();
    expect((await b?.exec(['systemctl', 'is-system-running']))?.stdout).toBe('running\n');
  });

  test('leaves nothing behind', async () => {
    const stateDir = join(await newFolder(), 'labs');
    const lab = await openLab({ stateDir });
    const server = await lab.boot('a', { ownNetwork: true });
    expect(tracesOf(stateDir, lab.runId)).not.toEqual([]);
    await lab[Symbol.asyncDispose]();
    expect(tracesOf(stateDir, lab.runId)).toEqual([]);
    expect(existsSync(`/proc/${server.pid}`)).toBe(false);
    expect(existsSync(stateDir)).toBe(false);
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('leaves nothing behind after %s', async (signal) => {
    const stateDir = await newFolder();
    const { owner, runId, systemd } = await startOwner(stateDir);
    owner.kill(signal);
    await expect.poll(() => tracesOf(stateDir, runId), PATIENCE).toEqual([]);
    expect(existsSync(`/proc/${systemd}`)).toBe(false);
  });

  test('removes what a lab left whose guard died with it', async () => {
    const stateDir = await newFolder();
    const { owner, runId, systemd } = await startOwner(stateDir);
    const guard = readFileSync(`/proc/${owner.pid}/task/${owner.pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .map(Number);
    expect(guard).toHaveLength(1);
    process.kill(guard[0] ?? 0, 'SIGKILL');
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    expect(existsSync(`/proc/${systemd}`)).toBe(true);
    await using later = await openLab({ stateDir });
    expect(tracesOf(stateDir, runId)).toEqual([]);
    expect(existsSync(`/proc/${systemd}`)).toBe(false);
    expect(tracesOf(stateDir, later.runId)).not.toEqual([]);
  });
});
