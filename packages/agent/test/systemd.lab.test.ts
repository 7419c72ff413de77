import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { whySentence } from '@homelabcmd/protocol';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { countingService, type Lab, labProblem, type LabServer, openLab } from '../../../lab/index.ts';
import { type Agent, readConfig, startAgent } from '../src/agent.ts';
import { journalByJournalctl } from '../src/systemd/journal.ts';
import { StubHub } from './stub-hub.ts';

const problem = labProblem();
const EXPECTED = [
  'unloaded.service',
  'none.service',
  'masked.service',
  'nickname.service',
  'job@7.service',
  'plex.service',
];
const UNITS = {
  'plex.service': countingService('plex', {
    serviceLines: [`ExecStartPost=/bin/sh -c 'echo "my last words, password=hunter2" >&2'`],
  }),
  'unloaded.service': countingService('unloaded'),
  'gone-before.service': countingService('gone-before', { crashAfterMs: 300 }),
  'real-name.service': `${countingService('real-name')}Alias=nickname.service\n`,
  'job@.service': countingService('job'),
  'looping.service': countingService('looping', {
    restart: 'always',
    restartDelayMs: 150,
    crashAfterMs: 100,
  }),
  'gives-up.service': countingService('gives-up', {
    restart: 'always',
    restartDelayMs: 10,
    crashAfterMs: 1,
    startLimit: { burst: 3, intervalSeconds: 30 },
  }),
  'needs-plex.service': `${countingService('needs-plex')}[Unit]\nPartOf=plex.service\nRequires=plex.service\n`,
};

/** The agent's own code in this process, on the bus of a lab server: every signal is real. */
describe.skipIf(problem !== null)(`real systemd over D-Bus${problem ? `: ${problem}` : ''}`, () => {
  let lab: Lab;
  let server: LabServer;
  let hub: StubHub;
  let agent: Agent;
  let stateDir: string;
  const ctl = async (...argv: string[]) => {
    const result = await server.exec(['systemctl', ...argv]);
    expect(result.stderr).toBe('');
  };

  beforeAll(async () => {
    lab = await openLab();
    server = await lab.boot('ag-watch', {
      units: UNITS,
      enable: ['plex.service', 'real-name.service', 'needs-plex.service'],
    });
    await server.exec(['ln', '-sf', '/dev/null', '/etc/systemd/system/masked.service']);
    await server.exec(['ln', '-sf', 'real-name.service', '/etc/systemd/system/nickname.service']);
    await server.exec(['systemctl', 'daemon-reload']);
    await server.exec(['systemctl', 'start', 'gone-before.service']);
    await vi.waitFor(async () =>
      expect(await server.unit('gone-before.service', 'ActiveState')).toBe('failed'),
    );
    stateDir = await mkdtemp(join(tmpdir(), 'homelabcmd-agent-'));
    hub = await StubHub.open(EXPECTED);
    const config = readConfig({
      HOMELABCMD_HUB_URL: hub.url,
      HOMELABCMD_ENROLMENT_TOKEN: hub.token,
      HOMELABCMD_STATE_DIR: stateDir,
      HOMELABCMD_DBUS_ADDRESS: `unix:path=${server.path('/run/dbus/system_bus_socket')}`,
      HOMELABCMD_ALLOW_FILE: server.path('/etc/homelabcmd/restart-allowed'),
      HOMELABCMD_LOCKOUT_FILE: server.path('/etc/homelabcmd/restart-allowed-lockout'),
      HOMELABCMD_RESTART_SOCKET: '/dev/null',
    });
    await server.write('/etc/homelabcmd/restart-allowed', '');
    agent = await startAgent(config, {
      readJournal: journalByJournalctl(server.path('/run/log/journal')),
      hostname: server.name,
      usageRoots: { proc: '/proc', cgroup: server.path('/sys/fs/cgroup') },
    });
    await hub.reportWhere('plex.service', ({ status }) => status === 'running');
  }, 60_000);
  afterAll(async () => {
    await agent?.[Symbol.asyncDispose]();
    await hub?.[Symbol.asyncDispose]();
    await lab?.[Symbol.asyncDispose]();
    await rm(stateDir, { recursive: true, force: true });
  }, 60_000);

  test('the proof says which systemd there is, and the first list is complete', () => {
    const proof = hub.frames[1]?.frame;
    expect(proof).toMatchObject({ type: 'proof', facts: { hostname: 'ag-watch', systemd_problem: null } });
    expect(proof?.type === 'proof' && proof.facts.systemd_version).toMatch(/^\d{3}/);
    expect(hub.frames.some(({ frame }) => frame.type === 'services' && frame.complete)).toBe(true);
    expect(hub.report('dbus.service')?.status).toBe('running');
  });

  test('what failed before the agent came is explained all the same', async () => {
    const report = await hub.reportWhere('gone-before.service', ({ why }) => (why?.journal.length ?? 0) > 1);
    expect(report).toMatchObject({
      status: 'failed',
      state_class: 'down',
      why: { result: 'exit-code', exit_code: 3 },
    });
    expect(report.why?.journal.map(({ message }) => message)).toContain('gone-before gives up');
  });

  test('expected units: never loaded, not there, masked, an alias, an instance', async () => {
    expect(await hub.reportWhere('unloaded.service', () => true)).toMatchObject({
      status: 'stopped',
      load_state: 'loaded',
    });
    expect(await hub.reportWhere('none.service', () => true)).toMatchObject({ status: 'not_found' });
    expect(await hub.reportWhere('masked.service', () => true)).toMatchObject({
      status: 'stopped',
      load_state: 'masked',
    });
    expect(await hub.reportWhere('job@7.service', () => true)).toMatchObject({ status: 'stopped' });
    // It is told once, under the name by which it is expected.
    expect(await hub.reportWhere('nickname.service', ({ status }) => status === 'running')).toMatchObject({
      pid: expect.any(Number),
      circumstances: { alias_of: 'real-name.service' },
    });
    expect(hub.report('real-name.service')).toBeUndefined();
  });

  test('an instance that starts, and one that nobody expected', async () => {
    await ctl('start', 'job@7.service', 'job@8.service');
    await hub.reportWhere('job@7.service', ({ status }) => status === 'running');
    await hub.reportWhere('job@8.service', ({ status }) => status === 'running');
    await ctl('stop', 'job@7.service', 'job@8.service');
    await hub.reportWhere('job@7.service', ({ status }) => status === 'stopped');
    await vi.waitFor(() => {
      const complete = hub.frames.findLast(({ frame }) => frame.type === 'services' && frame.complete)?.frame;
      const units = complete?.type === 'services' ? complete.reports.map(({ unit }) => unit) : [];
      expect(units).toContain('job@7.service');
      expect(units).not.toContain('job@8.service');
    });
  });

  test('SIGKILL of a main process is pushed with the signal, and its last words follow, secrets hidden', async () => {
    const pid = await server.mainPid('plex.service');
    const killedAt = performance.now();
    process.kill(pid, 'SIGKILL');
    const report = await hub.reportWhere('plex.service', ({ status }) => status === 'failed');
    const failed = hub
      .reports('plex.service')
      .find(({ at, report: r }) => at > killedAt && r.status === 'failed');
    expect((failed?.at ?? 0) - killedAt).toBeLessThan(500);
    expect(failed?.report.why).toMatchObject({
      signal: 9,
      signal_name: 'SIGKILL',
      result: 'signal',
      journal: [],
    });
    expect(whySentence(report.why ?? expect.fail())).toBe('Its main process was ended by SIGKILL.');
    expect(report.also_restarts).toContainEqual({
      unit: 'needs-plex.service',
      relation: 'RequiredBy',
      active: expect.any(Boolean),
    });
    const later = await hub.reportWhere('plex.service', ({ why }) => (why?.journal.length ?? 0) > 2);
    const messages = later.why?.journal.map(({ message }) => message).join('\n') ?? '';
    expect(messages).toContain('my last words, password=***');
    expect(messages).toContain('code=killed, status=9/KILL');
    await ctl('start', 'plex.service');
    await hub.reportWhere('plex.service', ({ status, why }) => status === 'running' && why === null);
  });

  test('a crash loop is told as one, and a used-up start limit too', async () => {
    await ctl('start', '--no-block', 'looping.service', 'gives-up.service');
    const looping = await hub.reportWhere('looping.service', ({ restarts }) => restarts >= 3);
    expect(looping).toMatchObject({
      state_class: 'crash_loop',
      why: { exit_code: 3, restart_setting: 'always' },
    });
    const gaveUp = await hub.reportWhere('gives-up.service', ({ status }) => status === 'failed');
    expect(gaveUp.why).toMatchObject({ start_limit_hit: true, will_retry: false });
    await ctl('stop', 'looping.service');
    await hub.whenDown('looping.service');
  });

  test('a change on disk is told after a daemon-reload, and nothing disappears on the way', async () => {
    const before = hub.frames.length;
    await server.write('/etc/systemd/system/plex.service.d/x.conf', '[Unit]\nDescription=Told anew\n');
    for (let time = 0; time < 3; time++) await ctl('daemon-reload');
    await hub.reportWhere('plex.service', ({ description }) => description === 'Told anew');
    const lists = hub.frames
      .slice(before)
      .flatMap(({ frame }) =>
        frame.type === 'services' && frame.complete ? [new Set(frame.reports.map(({ unit }) => unit))] : [],
      );
    const here = ['plex.service', 'nickname.service', 'dbus.service', 'unloaded.service'];
    expect(here.filter((unit) => lists.some((list) => !list.has(unit)))).toEqual([]);
  });

  test('a change of the allow-list is told at once', async () => {
    expect(hub.report('plex.service')?.restartable).toEqual({
      allowed: false,
      reason: 'Its list of services that may be restarted does not name this one.',
      fix_command: `echo 'plex.service' | sudo tee -a ${server.path('/etc/homelabcmd/restart-allowed')}`,
    });
    await server.exec(['tee', '-a', '/etc/homelabcmd/restart-allowed'], { input: 'plex.service\n' });
    await hub.reportWhere('plex.service', ({ restartable }) => restartable.allowed);
    await server.exec(['chmod', '666', '/etc/homelabcmd/restart-allowed']);
    const untrusted = await hub.reportWhere('plex.service', ({ restartable }) => !restartable.allowed);
    expect(untrusted.restartable.reason).toContain('not trusted');
  });

  test('processor and memory of services are measured', async () => {
    await vi.waitFor(
      () => {
        const { pid } = hub.report('plex.service') ?? {};
        const frame = hub.frames.findLast(({ frame: { type } }) => type === 'metrics')?.frame;
        const usages = frame?.type === 'metrics' ? frame.services : [];
        expect(usages).toContainEqual({
          unit: 'plex.service',
          pid,
          memory_bytes: expect.toSatisfy((bytes: number) => bytes > 100_000 && bytes < 100_000_000),
          cpu_percent: expect.any(Number),
        });
      },
      { timeout: 30_000 },
    );
  });

  test('a restart of the message bus is survived', async () => {
    await server.exec(['systemctl', 'restart', 'dbus.service']);
    await vi.waitFor(
      () =>
        expect(
          hub.frames.some(({ frame }) => frame.type === 'facts' && frame.facts.systemd_problem !== null),
        ).toBe(true),
      { timeout: 10_000 },
    );
    await vi.waitFor(() => expect(agent.state.systemdProblem).toBeNull(), { timeout: 20_000 });
    process.kill(await server.mainPid('plex.service'), 'SIGTERM');
    const report = await hub.reportWhere('plex.service', ({ status }) => status !== 'running');
    expect(report.pid).toBeNull();
  });

  test('a new link begins with everything', async () => {
    hub.cut();
    await vi.waitFor(() => expect(agent.state.linked).toBe(false));
    await ctl('restart', 'plex.service');
    await hub.reportWhere('plex.service', ({ status }) => status === 'running');
    expect(agent.state.linked).toBe(true);
  });
});
