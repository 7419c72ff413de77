import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Server, type Service } from '@homelabcmd/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Lab, labProblem, type LabServer, openLab } from '../lab/index.ts';
import { unpackRelease } from './unpack-release.ts';

const problem = labProblem();
const UNIT = 'homelabcmd-hub.service';
const RELEASE = '/root/homelabcmd-release';
const SETTINGS = '/etc/homelabcmd/homelabcmd.conf';
const PATIENCE = { timeout: 20_000 };
/** Of 10. What is left open and why stands in the unit. */
const MOST_EXPOSED = 1.7;

const BROKEN = `[Service]
ExecStart=/bin/sh -c 'echo the disk of the library is full; sleep 0.3; exit 3'
[Install]
WantedBy=multi-user.target
`;

describe.skipIf(problem !== null)(
  `the hub as a service of real systemd${problem === null ? '' : `: ${problem}`}`,
  () => {
    let lab: Lab;
    let server: LabServer;
    let disk: string;
    let key = '';

    const install = () => server.exec([`${RELEASE}/deploy/install-hub.sh`], { timeoutMs: 90_000 });
    const get = async (path: string) => {
      const url = `http://127.0.0.1:8080${path}`;
      return (await server.exec(['curl', '-fsS', '-H', `X-API-Key: ${key}`, url])).stdout;
    };
    const ask = async <T>(path: string): Promise<T> => JSON.parse(await get(`/api/v1${path}`)) as T;
    const untilReady = () => expect.poll(() => get('/readyz'), PATIENCE).toBe('{"status":"ready"}');
    const ownMachine = async () => (await ask<{ servers: Server[] }>('/servers')).servers[0];

    beforeAll(async () => {
      disk = await mkdtemp(join(tmpdir(), 'homelabcmd-disk-'));
      lab = await openLab();
      server = await lab.boot('office', {
        ownNetwork: true,
        units: { 'library.service': BROKEN },
        binds: [{ source: process.execPath, target: '/usr/local/bin/node', readOnly: true }],
        persistDir: disk,
      });
      await unpackRelease(server.path(RELEASE));
    });
    afterAll(async () => {
      await lab[Symbol.asyncDispose]();
      await rm(disk, { recursive: true, force: true });
    });

    test('is not installed from something that is no release, and the script says so', async () => {
      await server.exec(['mv', `${RELEASE}/bin`, `${RELEASE}/elsewhere`]);
      const result = await install();
      expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining('it lacks bin/homelabcmd') });
      await server.exec(['mv', `${RELEASE}/elsewhere`, `${RELEASE}/bin`]);
      expect((await server.exec(['ls', '/opt/homelabcmd'])).code).not.toBe(0);
    });

    test('is installed by one script: it answers, and the key that was printed opens it', async () => {
      const result = await install();
      expect(result).toMatchObject({ code: 0, stderr: '' });
      expect(result.stdout).toContain('runs at http://127.0.0.1:8080');
      expect(result.stdout).toMatch(/Make your account at \S+\/setup#hlc1_\S+/);
      key = /The API key, for programs: (\S+)/.exec(result.stdout)?.[1] ?? '';
      expect(key).toMatch(/^hlck_[\w-]{43}$/);
      await untilReady();
      expect(await ask('/session')).toMatchObject({ principal: { name: 'dashboard', kind: 'key' } });
      expect(await get('/')).toContain('<title>HomelabCmd</title>');
      expect(await server.unit(UNIT, 'UnitFileState')).toBe('enabled');
    });

    test('has a user of its own, which can change what is kept and nothing else', async () => {
      const { stdout } = await server.exec([
        ...['stat', '-c', '%U:%G %a %n', SETTINGS, '/var/lib/homelabcmd-hub'],
        ...['/opt/homelabcmd/', '/opt/homelabcmd/bin/homelabcmd', `/etc/systemd/system/${UNIT}`],
      ]);
      expect(stdout.trimEnd().split('\n')).toEqual([
        `root:homelabcmd-hub 640 ${SETTINGS}`,
        'homelabcmd-hub:homelabcmd-hub 700 /var/lib/homelabcmd-hub',
        'root:root 755 /opt/homelabcmd/',
        'root:root 755 /opt/homelabcmd/bin/homelabcmd',
        `root:root 644 /etc/systemd/system/${UNIT}`,
      ]);
      const pid = await server.mainPid(UNIT);
      const { stdout: user } = await server.exec(['id', '-u', 'homelabcmd-hub']);
      expect((await server.exec(['stat', '-c', '%u', '/var/lib/homelabcmd-hub/homelabcmd.db'])).stdout).toBe(
        user,
      );
      expect(pid).toBeGreaterThan(0);
    });

    test('keeps its key, and the link for the first account, out of the journal', async () => {
      const { stdout } = await server.exec(['journalctl', '-o', 'cat', '--no-pager']);
      expect(stdout).toContain('sudo cat /var/lib/homelabcmd-hub/set-up-link');
      for (const secret of [key, 'setup#']) expect(stdout).not.toContain(secret);
      const link = '/var/lib/homelabcmd-hub/set-up-link';
      expect(await server.read(link)).toMatch(/^http:\/\/127\.0\.0\.1:8080\/setup#hlc1_\S+\n$/);
      expect((await server.exec(['stat', '-c', '%U %a', link])).stdout).toBe('homelabcmd-hub 600\n');
    });

    test('sees its own machine from within the sandbox: its services, and why one failed', async () => {
      await expect.poll(async () => (await ownMachine())?.liveness, PATIENCE).toBe('online');
      const found = await ownMachine();
      expect(found).toMatchObject({ facts: { monitor_only: true, systemd_problem: null } });
      await server.exec(['systemctl', 'start', 'library.service']);
      const library = async () => {
        const { services } = await ask<{ services: Service[] }>(`/servers/${found?.server_id}/services`);
        return services.find(({ service_name }) => service_name === 'library');
      };
      await expect
        .poll(async () => JSON.stringify((await library())?.why), PATIENCE)
        .toContain('the disk of the library is full');
    });

    test('is started again by systemd when it was killed, with all that it kept', async () => {
      const first = await server.mainPid(UNIT);
      const before = await ownMachine();
      process.kill(first, 'SIGKILL');
      await expect.poll(() => server.mainPid(UNIT).catch(() => first), PATIENCE).not.toBe(first);
      await untilReady();
      expect(await ownMachine()).toMatchObject({
        server_id: before?.server_id,
        created_at: before?.created_at,
      });
    });

    test('stops when it is told to, without a fault', async () => {
      await server.exec(['systemctl', 'stop', UNIT]);
      expect(await server.unit(UNIT, 'Result')).toBe('success');
      expect(await server.unit(UNIT, 'ActiveState')).toBe('inactive');
      await server.exec(['systemctl', 'start', UNIT]);
      await untilReady();
    });

    test('is an update when the script runs again: settings stay, and the version before stays beside it', async () => {
      const before = await server.read(SETTINGS);
      await server.exec([
        'sed',
        '-i',
        's/"version": "[^"]*"/"version": "99.0.1"/',
        `${RELEASE}/package.json`,
      ]);
      const result = await install();
      expect(result).toMatchObject({ code: 0, stderr: '' });
      expect(result.stdout).toContain('HomelabCmd 99.0.1 runs at');
      expect(result.stdout).not.toContain(key);
      expect(await server.read(SETTINGS)).toBe(before);
      expect((await server.exec(['readlink', '/opt/homelabcmd'])).stdout).toBe('/opt/homelabcmd-99.0.1\n');
      expect((await server.exec(['ls', '/opt'])).stdout.match(/^homelabcmd-.*$/gm)).toHaveLength(2);
      expect(await ask('/session')).toMatchObject({ principal: { name: 'dashboard', kind: 'key' } });
      expect(await install()).toMatchObject({ code: 0, stderr: '' });
    }, 120_000);

    test('is there again after a reboot', async () => {
      await server.reboot();
      await untilReady();
      await expect.poll(async () => (await ownMachine())?.liveness, PATIENCE).toBe('online');
    });

    test('its unit is without a mistake, and leaves little open', async () => {
      const verified = await server.exec(['systemd-analyze', 'verify', `/etc/systemd/system/${UNIT}`]);
      expect(verified).toMatchObject({ code: 0, stderr: '', stdout: '' });
      const { stdout } = await server.exec(['systemd-analyze', 'security', '--no-pager', UNIT]);
      const exposure = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1]);
      expect(exposure).toBeGreaterThan(0);
      expect(exposure).toBeLessThanOrEqual(MOST_EXPOSED);
    });

    test('with a setting that cannot be, the script says which, and systemd does not try for ever', async () => {
      await server.exec(['sed', '-i', '$aHOMELABCMD_LOCAL_AGENT=perhaps', SETTINGS]);
      const result = await install();
      expect(result.code).toBe(1);
      expect(result.stderr).toContain('HOMELABCMD_LOCAL_AGENT');
      await expect.poll(() => server.unit(UNIT, 'ActiveState'), { timeout: 30_000 }).toBe('failed');
    }, 90_000);
  },
);
