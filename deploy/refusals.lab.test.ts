import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  allowRestart,
  countingService,
  type Lab,
  labProblem,
  type LabServer,
  openLab,
  runsOf,
  NODE_ON_SERVER,
} from '../lab/index.ts';
import { ask, evidenceOf, installWithIdleAgent, SOCKET } from './ask-script.ts';

const problem = labProblem();

describe.skipIf(problem !== null)(
  `what the restart script refuses, on real systemd${problem ? `: ${problem}` : ''}`,
  () => {
    let lab: Lab;
    let server: LabServer;
    const order = (verb: string, unit: string, id: string = randomUUID()) =>
      ask(server, `${verb} ${id} ${unit}\n`);
    const runs = async (name: string) => (await runsOf(server, name)).length;

    beforeAll(async () => {
      lab = await openLab();
      const names = ['demo', 'demo2', 'ssh', 'unlisted', 'commented', 'often'];
      server = await lab.boot('media', {
        units: {
          ...Object.fromEntries(names.map((name) => [`${name}.service`, countingService(name)])),
          'timed.timer': '[Timer]\nOnActiveSec=1d\n',
        },
        enable: ['demo.service', 'demo2.service'],
      });
      await installWithIdleAgent(server);
      await server.write('/etc/homelabcmd/limits', 'all_per_hour = 1000\n');
      await allowRestart(server, [
        ...['demo.service', 'ssh.service', 'timed.timer', 'demo', 'demo2', '--version', '-demo.service'],
        ...['#commented.service', '# commented.service', ' commented.service', 'commented.service # no', ''],
        ...['demo*', 'demo*.service', 'dem?.service', 'x;reboot', '$(reboot).service', '../demo.service'],
        ...['démo.service', 'demo.service\r', `${'x'.repeat(248)}.service`, '.service'],
      ]);
    }, 60_000);
    afterAll(() => lab[Symbol.asyncDispose](), 60_000);

    test.each([
      ['not_allowed', 'restart', 'unlisted.service'],
      ['not_allowed', 'restart', 'commented.service'],
      ['not_allowed', 'restart', 'emo.service'],
      ['not_allowed', 'restart', 'demo@1.service'],
      ['lockout_guard', 'restart', 'ssh.service'],
      ['invalid_unit_name', 'restart', '--version'],
      ['invalid_unit_name', 'restart', '-demo.service'],
      ['invalid_unit_name', 'restart', 'demo*'],
      ['invalid_unit_name', 'restart', 'demo*.service'],
      ['invalid_unit_name', 'restart', 'dem?.service'],
      ['invalid_unit_name', 'restart', 'demo'],
      ['invalid_unit_name', 'restart', '.service'],
      ['invalid_unit_name', 'restart', 'timed.timer'],
      ['invalid_unit_name', 'restart', 'x;reboot'],
      ['invalid_unit_name', 'restart', '$(reboot).service'],
      ['invalid_unit_name', 'restart', '../demo.service'],
      ['invalid_unit_name', 'restart', 'démo.service'],
      ['invalid_unit_name', 'restart', 'demo.service\r'],
      ['invalid_unit_name', 'restart', `${'x'.repeat(248)}.service`],
      ['invalid_unit_name', 'restart', ''],
      ['invalid_unit_name', 'reset-and-restart', 'demo2'],
      ['bad_order', 'restart', 'demo.service demo2.service'],
      ['bad_order', 'stop', 'demo.service'],
      ['bad_order', 'Restart', 'demo.service'],
      ['bad_order', '', 'demo.service'],
    ])('refuses with %s: %s %s', async (code, verb, unit) => {
      const names = ['demo', 'demo2', 'ssh', 'unlisted', 'commented'];
      const before = await Promise.all(names.map(runs));
      const id = randomUUID();
      expect(await order(verb, unit, id)).toEqual([`refused ${code}`]);
      expect(await Promise.all(names.map(runs))).toEqual(before);
      expect(await evidenceOf(server, id)).toBeNull();
    });

    test.each([
      '../x',
      '../../../../etc/homelabcmd/x/aaaaaaa',
      'a'.repeat(35),
      'a'.repeat(37),
      'A1B2C3D4-0000-7000-8000-000000000000',
      '.',
      '*',
    ])('refuses the order id %s', async (id) => {
      const before = await runs('demo');
      expect(await order('restart', 'demo.service', id)).toEqual(['refused bad_order']);
      expect(await order('fence', '-', id)).toEqual(['refused bad_order']);
      expect(await runs('demo')).toBe(before);
    });

    test('refuses a line that was cut short', async () => {
      const before = await runs('demo');
      const id = randomUUID();
      expect(await ask(server, `restart ${id} demo.service`)).toEqual(['refused bad_order']);
      expect(await ask(server, '')).toEqual(['refused bad_order']);
      expect(await runs('demo')).toBe(before);
      expect(await evidenceOf(server, id)).toBeNull();
    });

    test('holds back all that could lock people out, though the list names it', async () => {
      const guarded = [
        ...[
          'ssh',
          'sshd',
          'ssh@1',
          'sshd-keygen@rsa',
          'dropbear',
          'networking',
          'NetworkManager',
          'ifup@eth0',
        ],
        ...[
          'wpa_supplicant@wlan0',
          'wg-quick@wg0',
          'openvpn',
          'openvpn-server@home',
          'tailscaled',
          'zerotier-one',
        ],
        ...[
          'cloudflared',
          'ufw',
          'nftables',
          'dbus',
          'dbus-broker',
          'polkit',
          'systemd-journald',
          'systemd-logind',
        ],
        ...[
          'user@1000',
          'getty@tty1',
          'homelabcmd-agent',
          'homelabcmd-restart@1',
          'dbus-org.freedesktop.login1',
        ],
      ].map((name) => `${name}.service`);
      await allowRestart(server, guarded);
      const answers = [];
      for (const unit of guarded) answers.push([unit, ...(await order('restart', unit))]);
      expect(answers).toEqual(guarded.map((unit) => [unit, 'refused lockout_guard']));
      const harmless = ['sshfs-media', 'dbusy', 'user', 'networked-disks', 'homelabcmd'].map(
        (name) => `${name}.service`,
      );
      for (const unit of harmless) expect(await order('restart', unit)).toEqual(['refused not_allowed']);
      await allowRestart(server, harmless);
      for (const unit of harmless) expect((await order('restart', unit))[0]).toBe('started');
    });

    test('restarts what could lock people out only when the second list names it too', async () => {
      expect(await order('restart', 'ssh.service')).toEqual(['refused lockout_guard']);
      await server.write(
        '/etc/homelabcmd/restart-allowed-lockout',
        '# yes, really\nssh.service\nunlisted.service\n',
      );
      expect(await order('restart', 'ssh.service')).toEqual(['started', 'done 0']);
      expect(await runs('ssh')).toBe(1);
      expect(await order('restart', 'unlisted.service')).toEqual(['refused not_allowed']);
      await server.exec(['rm', '/etc/homelabcmd/restart-allowed-lockout']);
    });

    test('stops at the hard limit of root’s file, whoever asks and however many at once', async () => {
      await server.write('/etc/homelabcmd/limits', 'all_per_hour = 3\n');
      await allowRestart(server, ['often.service']);
      const answers = await Promise.all(Array.from({ length: 12 }, () => order('restart', 'often.service')));
      expect(answers.map((lines) => lines.join()).toSorted()).toEqual([
        ...Array.from({ length: 9 }, () => 'refused rate_limited'),
        ...Array.from({ length: 3 }, () => 'started,done 0'),
      ]);
      expect(await order('reset-and-restart', 'often.service')).toEqual(['refused rate_limited']);
      // systemd makes one of restarts that it is asked for while one is at work.
      expect(await runs('often')).toBeGreaterThan(0);
      expect(await runs('often')).toBeLessThanOrEqual(3);
    });

    test('lets in the agent’s user, and no other but root', async () => {
      const asUser = (user: string) =>
        server.exec([
          ...['setpriv', `--reuid=${user}`, '--regid=nogroup', '--clear-groups', NODE_ON_SERVER, '-e'],
          `require('node:net').connect('${SOCKET}').on('error', (e) => console.log(e.code)).end('hello\\n').on('data', (d) => console.log(String(d)))`,
        ]);
      expect((await asUser('nobody')).stdout.trim()).toBe('EACCES');
      expect((await asUser('homelabcmd')).stdout.trim()).toBe('refused bad_order');
    });
  },
);
