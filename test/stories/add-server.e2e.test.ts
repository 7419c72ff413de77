import { api } from '@homelabcmd/protocol';
import { ApiClient } from '@homelabcmd/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  allowRestart,
  countingService,
  type Lab,
  labProblem,
  type LabServer,
  openLab,
  runsOf,
} from '../../lab/index.ts';
import { until } from '../house/house.ts';
import { type HubProcess, startHubProcess } from '../house/hub-process.ts';
import { startSpoilingProxy } from '../house/proxies/spoiling-proxy.ts';

const problem = labProblem();
const PATIENCE = { timeoutMs: 120_000 };
const LIB = '/usr/local/lib/homelabcmd';
const PROGRAM = `homelabcmd-agent-linux-${process.arch}.gz`;
/** What is put after the line where nobody is there to be asked. */
const UNASKED = ' -s -- --yes';

/** All that an installation leaves on a server; the words of `ls` for what is not there. */
const TRACES = [
  ...['/etc/homelabcmd', '/var/lib/homelabcmd', LIB, '/usr/local/sbin/homelabcmd-agent', '/run/homelabcmd'],
  '/etc/systemd/system/homelabcmd-agent.service',
  '/etc/systemd/system/homelabcmd-restart.socket',
  '/etc/systemd/system/homelabcmd-journal.socket',
  '/etc/systemd/system/homelabcmd-journal@.service',
  ...['/etc/systemd/system/homelabcmd-updates.service', '/etc/systemd/system/homelabcmd-updates.timer'],
  '/var/lib/homelabcmd-updates',
];

describe.skipIf(problem !== null)(
  `a server is added by the line that the hub gives${problem === null ? '' : `: ${problem}`}`,
  () => {
    const stack = new AsyncDisposableStack();
    let lab: Lab;
    let hub: HubProcess;
    let client: ApiClient;
    let server: LabServer;
    let line: string;

    const sh = (text: string) => server.exec(['sh', '-c', text], PATIENCE);
    const tracesOf = async () =>
      (await server.exec(['sh', '-c', `ls -d ${TRACES.join(' ')} 2>/dev/null; getent passwd homelabcmd`]))
        .stdout;
    const enrol = () => client.call(api.enrolServer, { params: { server_id: 'attic' } });
    const untilLiveness = (liveness: string) =>
      until(`attic ${liveness}`, async () => {
        const read = await client.call(api.getServer, { params: { server_id: 'attic' } });
        return read.liveness === liveness;
      });
    const installer = async () => (await fetch(`${hub.url}/agent/v1/install.sh`)).text();

    beforeAll(async () => {
      lab = stack.use(await openLab());
      server = await lab.boot('attic', {
        ownNetwork: true,
        units: { 'demo.service': countingService('demo') },
      });
      hub = stack.use(
        await startHubProcess({
          HOMELABCMD_HOST: lab.gateway ?? '',
          HOMELABCMD_SETTLE_MS: '500',
          HOMELABCMD_STALE_AFTER_MS: '2000',
        }),
      );
      client = new ApiClient(hub.url, hub.apiKey);
    });
    afterAll(() => stack.disposeAsync());

    test('a script that breaks off on its way does nothing, wherever it breaks off', async () => {
      const lines = (await installer()).split('\n');
      const { token } = await enrol();
      const settings = `set -- --hub ${hub.url} --token ${token}\n`;
      for (let end = 1; end < lines.length - 1; end += 3) {
        const half = lines[end]?.slice(0, Math.ceil((lines[end]?.length ?? 0) / 2)) ?? '';
        const input = settings + [...lines.slice(0, end), half].join('\n');
        await server.exec(['sh'], { input });
      }
      expect(await tracesOf()).toBe('');
    });

    test.each([
      ['no hub', '', /say where the hub is/],
      ['no token', '--hub https://hub', /a token that the hub made is needed/],
      ['a hub elsewhere in clear', '--hub http://hub --token hlce_abcdefgh', /is reached by https:/],
      ['a pin that is none', '--hub https://hub --token hlce_abcdefgh --pin md5', /begins with sha256/],
      ['an option that is none', '--force yes', /there is no option --force/],
      [
        'a line break in the token',
        `--hub https://hub --token "$(printf 'hlce_a\\nb')"`,
        /does not belong there/,
      ],
      ['a hub that is not there', '--hub http://127.0.0.1:1 --token hlce_abcdefgh', /could not be fetched/],
    ])('with %s it says so, and changes nothing', async (_, options, message) => {
      const result = await sh(`curl -fsSk ${hub.url}/agent/v1/install.sh | sh -s -- ${options}`);
      expect(result.code).not.toBe(0);
      expect(result.stderr).toMatch(message);
      expect(await tracesOf()).toBe('');
    });

    test('without root it says so, and changes nothing', async () => {
      const asNobody = 'setpriv --reuid=65534 --regid=65534 --clear-groups sh -s --';
      const options = '--hub https://hub --token hlce_abcdefgh';
      const result = await sh(`curl -fsSk ${hub.url}/agent/v1/install.sh | ${asNobody} ${options}`);
      expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining('run it as root') });
      expect(await tracesOf()).toBe('');
    });

    test.each([PROGRAM, 'install-agent.sh', 'restart-service', 'release.json'])(
      '%s that arrives changed is not installed',
      async (file) => {
        await using proxy = await startSpoilingProxy(lab.gateway ?? '', hub, `/agent/v1/files/${file}`);
        const { command } = await enrol();
        const result = await sh(command.replaceAll(hub.url, proxy.url) + UNASKED);
        expect(result.code).not.toBe(0);
        expect(result.stderr).toContain(`${file} arrived broken`);
        expect(await tracesOf()).toBe('');
        expect((await sh('ls -d /tmp/tmp.* 2>/dev/null')).stdout).toBe('');
      },
    );

    test('the line as the API gives it brings the server in, and it only watches', async () => {
      const { command, warning } = await enrol();
      line = command + UNASKED;
      expect(warning).toBeNull();
      const result = await sh(line);
      expect(result).toMatchObject({ code: 0, stderr: '' });
      expect(result.stdout).toContain('this server is in');
      expect(result.stdout).toContain('The agent only watches');
      await untilLiveness('online');
      const { services } = await client.call(api.listServices, { params: { server_id: 'attic' } });
      expect(services.filter(({ restartable }) => restartable?.allowed === true)).toEqual([]);
      expect(await server.unit('homelabcmd-agent.service', 'UnitFileState')).toBe('enabled');
      expect((await server.exec(['homelabcmd-agent', '--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
      expect((await sh('ls -d /tmp/tmp.* 2>/dev/null')).stdout).toBe('');
    }, 180_000);

    test('the same line again is an update: what is allowed stays, and so does who the server is', async () => {
      await allowRestart(server, ['demo.service']);
      const kept = [
        ...['/etc/homelabcmd/restart-allowed', '/etc/homelabcmd/release-key.pem'],
        '/var/lib/homelabcmd/agent-key',
      ];
      const state = () => Promise.all(kept.map((file) => server.read(file)));
      const before = await state();
      const invocation = await server.unit('homelabcmd-agent.service', 'InvocationID');
      await server.exec(['rm', `${LIB}/restart-service`]);

      const result = await sh(line);
      expect(result).toMatchObject({ code: 0, stderr: '' });
      expect(result.stdout).not.toContain('The agent only watches');
      expect(await state()).toEqual(before);
      expect(await server.unit('homelabcmd-agent.service', 'InvocationID')).not.toBe(invocation);
      await untilLiveness('online');

      const params = { server_id: 'attic', service_name: 'demo' };
      const { action_id } = await client.call(api.restartService, { params });
      await client.call(api.approveAction, { params: { action_id } });
      await until('the restart completed', async () => {
        const { status } = await client.call(api.getAction, { params: { action_id } });
        return status === 'completed';
      });
      expect(await runsOf(server, 'demo')).toHaveLength(1);
    });

    test('uninstalled, nothing is left but root’s lists and the record of restarts; and it can come back', async () => {
      const result = await server.exec([`${LIB}/uninstall-agent.sh`]);
      expect(result).toMatchObject({ code: 0, stderr: '' });
      expect(await tracesOf()).toBe('/etc/homelabcmd\n');
      expect((await server.exec(['ls', '/etc/homelabcmd'])).stdout).toBe(
        'logs\nlogs-watched\nrestart-allowed\n',
      );
      expect((await server.exec(['ls', '/var/lib/homelabcmd-orders'])).stdout).toMatch(/^[0-9a-f-]{36}\n$/);
      expect(
        (await server.exec(['systemctl', 'list-units', '--all', '--plain', 'homelabcmd*'])).stdout,
      ).not.toMatch(/^homelabcmd/m);
      expect(await server.unit('demo.service', 'ActiveState')).toBe('active');
      await untilLiveness('stale');

      const { command } = await enrol();
      expect(await sh(command + UNASKED)).toMatchObject({ code: 0, stderr: '' });
      await untilLiveness('online');
      expect(await server.read('/etc/homelabcmd/restart-allowed')).toContain('demo.service');
    });

    test('purged, nothing at all is left; and a second time is harmless', async () => {
      const script = await server.read(`${LIB}/uninstall-agent.sh`);
      expect(await server.exec([`${LIB}/uninstall-agent.sh`, '--purge'])).toMatchObject({
        code: 0,
        stderr: '',
      });
      expect(await tracesOf()).toBe('');
      expect((await server.exec(['ls', '/var/lib/homelabcmd-orders'])).code).not.toBe(0);
      expect(await server.exec(['sh', '-s', '--', '--purge'], { input: script })).toMatchObject({
        code: 0,
        stderr: '',
      });
    });
  },
);
