import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  countingService,
  installAgent,
  type Lab,
  labProblem,
  type LabServer,
  openLab,
} from '../../../lab/index.ts';
import type { Finding } from '../src/commands/doctor/check.ts';
import { StubHub } from './stub-hub.ts';

const problem = labProblem();
const WITHIN = { timeout: 20_000, interval: 50 };
const ALLOWED = '/etc/homelabcmd/restart-allowed';
/** What root is told to do about each. */
const ADVICE: Readonly<Record<string, RegExp>> = {
  Lists: /[Tt]ype: .*chmod .*\/etc\/homelabcmd/,
  Script: /^Somebody has changed it.* Install the agent again by the line/,
  Settings: /^Type: .*chmod 600 \/etc\/homelabcmd\/agent\.env\. Then make a new token/,
  Socket: /^Type: systemctl restart homelabcmd-restart\.socket\./,
  'Release key': /^Put the right key there, and type: .*chmod 644 \/etc\/homelabcmd\/release-key\.pem/,
  Enrolment: /^See Hub\. A token works once and for an hour: make a new one/,
  Orders: /^Type: chown -R homelabcmd:homelabcmd \/var\/lib\/homelabcmd /,
  'Drop-ins': /^Look whether you want that/,
};

/** The command as root types it on a server, with the installed agent and real systemd. */
describe.skipIf(problem !== null)(`homelabcmd-agent on a server${problem ? `: ${problem}` : ''}`, () => {
  let lab: Lab;
  let server: LabServer;
  let hub: StubHub;
  const type = (...words: string[]) => server.exec(['homelabcmd-agent', ...words]);
  const sh = (line: string) => server.exec(['sh', '-c', line]);

  beforeAll(async () => {
    lab = await openLab();
    server = await lab.boot('media', {
      units: {
        'plex.service': countingService('plex'),
        'real-name.service': countingService('real-name'),
        'job@.service': countingService('job'),
        'ssh.service': countingService('ssh'),
      },
      enable: ['plex.service'],
    });
    await server.exec(['ln', '-s', 'real-name.service', '/etc/systemd/system/nickname.service']);
    await server.exec(['ln', '-s', '/dev/null', '/etc/systemd/system/masked.service']);
    await server.exec(['systemctl', 'daemon-reload']);
    hub = await StubHub.open(['plex.service']);
    await installAgent(server, { hubUrl: hub.url, token: hub.token });
  }, 60_000);
  afterAll(async () => {
    await hub?.[Symbol.asyncDispose]();
    await lab?.[Symbol.asyncDispose]();
  }, 60_000);

  test('the line that the agent shows, typed on the server, allows the service, and deny takes it back', async () => {
    const { restartable } = await hub.reportWhere('plex.service', () => true);
    expect(restartable).toMatchObject({
      allowed: false,
      fix_command: 'sudo homelabcmd-agent allow plex.service',
    });
    const result = await sh(restartable.fix_command?.replace(/^sudo /, '') ?? 'false');
    expect(result).toMatchObject({ code: 0, stderr: '' });
    await hub.reportWhere('plex.service', (report) => report.restartable.allowed);
    expect((await server.exec(['stat', '-c', '%U:%G %a', ALLOWED])).stdout).toBe('root:root 644\n');
    expect((await type('deny', 'plex')).code).toBe(0);
    await hub.reportWhere('plex.service', (report) => !report.restartable.allowed);
  });

  test.each([
    ['a service that is not there', ['ple'], /knows no ple\.service\. Did you mean plex\?/],
    ['a template', ['job@'], /is a template/],
    ['what can lock out', ['ssh'], /allow --lockout ssh\.service/],
  ])('systemd is asked: %s', async (_what, names, sentence) => {
    const before = await server.read(ALLOWED);
    const { code, stderr } = await type('allow', ...names);
    expect(code).toBe(1);
    expect(stderr).toMatch(sentence);
    expect(await server.read(ALLOWED)).toBe(before);
  });

  test('the real name is written for an alias, an instance is one, and list says what counts', async () => {
    expect(await type('allow', 'nickname', 'job@7', 'masked')).toMatchObject({ code: 0, stderr: '' });
    await type('allow', '--lockout', 'ssh');
    expect(await server.read(ALLOWED)).toMatch(
      /\nreal-name\.service\njob@7\.service\nmasked\.service\nssh\.service\n$/,
    );
    const { services } = JSON.parse((await type('list', '--json')).stdout);
    expect(
      services.map((one: Record<string, unknown>) => [one['line'], one['state'], one['counts']]),
    ).toEqual([
      ['real-name.service', 'inactive (dead)', true],
      ['job@7.service', 'inactive (dead)', true],
      ['masked.service', 'masked', false],
      ['ssh.service', 'inactive (dead)', true],
    ]);
  });

  test('who is not root is told so, and can only look', async () => {
    const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'homelabcmd-agent'];
    expect(await server.exec([...asNobody, 'allow', 'plex'])).toMatchObject({
      code: 77,
      stderr: 'Only root may do this. Type: sudo homelabcmd-agent allow plex\n',
    });
    expect((await server.exec([...asNobody, 'list'])).stdout).toContain('ssh.service');
  });

  const examine = async () => {
    const { code, stdout } = await type('doctor', '--json');
    const { checks } = JSON.parse(stdout) as { checks: Finding[] };
    return { code, stdout, bad: checks.filter(({ state }) => state !== 'ok') };
  };

  test('the doctor finds a new installation well, and shows no secret', async () => {
    await vi.waitFor(() => expect(hub.welcomes).toBeGreaterThan(0), WITHIN);
    const { code, stdout, bad } = await examine();
    expect(bad).toEqual([]);
    expect(code).toBe(0);
    const shown = stdout + (await type('doctor')).stdout;
    expect(shown).toMatch(/ok +Sandbox +the agent runs as its own user, without a capability/);
    expect(shown).not.toContain(hub.token);
    expect(shown).not.toMatch(/hlc[a-z]_/);
  });

  test.each([
    ['Lists', 'fail', `chmod 666 ${ALLOWED}`, `chmod 644 ${ALLOWED}`],
    ['Lists', 'fail', 'chmod 777 /etc/homelabcmd', 'chmod 755 /etc/homelabcmd'],
    [
      'Script',
      'fail',
      'cp -p /usr/local/lib/homelabcmd/restart-service /root/kept; echo >>/usr/local/lib/homelabcmd/restart-service',
      'cp -p /root/kept /usr/local/lib/homelabcmd/restart-service',
    ],
    ['Settings', 'fail', 'chmod 644 /etc/homelabcmd/agent.env', 'chmod 600 /etc/homelabcmd/agent.env'],
    ['Socket', 'fail', 'chmod 666 /run/homelabcmd/restart.sock', 'chmod 600 /run/homelabcmd/restart.sock'],
    [
      'Release key',
      'fail',
      'chmod 666 /etc/homelabcmd/release-key.pem',
      'chmod 644 /etc/homelabcmd/release-key.pem',
    ],
    [
      'Enrolment',
      'fail',
      'mv /var/lib/homelabcmd/hub-key /var/lib/homelabcmd/kept',
      'mv /var/lib/homelabcmd/kept /var/lib/homelabcmd/hub-key',
    ],
    [
      'Orders',
      'fail',
      'chown root /var/lib/homelabcmd/orders.jsonl',
      'chown homelabcmd /var/lib/homelabcmd/orders.jsonl',
    ],
    [
      'Drop-ins',
      'warn',
      `mkdir -p /etc/systemd/system/service.d; printf '[Service]\\nProtectSystem=no\\n' >/etc/systemd/system/service.d/x.conf`,
      'rm -r /etc/systemd/system/service.d',
    ],
  ])('the doctor sees what is wrong with one thing: %s (%s), by %s', async (name, state, spoil, mend) => {
    await sh(spoil);
    const { code, bad } = await examine();
    await sh(mend);
    expect(bad.map((one) => [one.name, one.state])).toEqual([[name, state]]);
    expect(bad[0]?.todo).toMatch(ADVICE[name] ?? 'the row names no advice');
    expect(code).toBe(state === 'fail' ? 1 : 0);
    expect((await examine()).bad).toEqual([]);
  });

  test('it sees an agent that is not held as its unit says, by the kernel and not by the unit', async () => {
    const dropIn = '/etc/systemd/system/homelabcmd-agent.service.d/x.conf';
    await server.write(
      dropIn,
      '[Service]\nNoNewPrivileges=no\nCapabilityBoundingSet=CAP_KILL\nSystemCallFilter=\n',
    );
    await sh('systemctl daemon-reload && systemctl restart homelabcmd-agent');
    const { code, bad } = await examine();
    expect(bad.map(({ name, state }) => [name, state])).toEqual([
      ['Sandbox', 'fail'],
      ['Drop-ins', 'warn'],
    ]);
    expect(bad[0]?.detail).toContain('CapBnd is 0000000000000020');
    expect(code).toBe(1);
    await sh('rm -r /etc/systemd/system/homelabcmd-agent.service.d && systemctl daemon-reload');
    await sh('systemctl restart homelabcmd-agent');
    await vi.waitFor(async () => expect((await examine()).bad).toEqual([]), WITHIN);
  });

  test('it sees an agent that does not run, and a hub that is not there', async () => {
    await server.exec(['systemctl', 'stop', 'homelabcmd-agent']);
    expect((await examine()).bad.map(({ name }) => name)).toEqual(['Agent', 'Sandbox']);
    await server.exec(['systemctl', 'start', 'homelabcmd-agent']);
    await hub[Symbol.asyncDispose]();
    await vi.waitFor(async () => {
      const { bad } = await examine();
      expect(bad.map(({ name }) => name)).toEqual(['Hub']);
      expect(bad[0]?.detail).toMatch(/Nothing listens at 127\.0\.0\.1:\d+/);
    }, WITHIN);
  });
});
