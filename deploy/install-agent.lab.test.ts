import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  allowRestart,
  countingService,
  type Lab,
  labProblem,
  type LabServer,
  openLab,
  runsOf,
} from '../lab/index.ts';
import { ask, connectToScript, evidenceOf, installWithIdleAgent } from './ask-script.ts';

const problem = labProblem();
const PATIENCE = { timeout: 20_000 };

describe.skipIf(problem !== null)(
  `the installed files on real systemd${problem ? `: ${problem}` : ''}`,
  () => {
    let lab: Lab;
    let server: LabServer;
    let disk: string;

    beforeAll(async () => {
      disk = await mkdtemp(join(tmpdir(), 'homelabcmd-disk-'));
      lab = await openLab();
      server = await lab.boot('media', {
        units: {
          'demo.service': countingService('demo'),
          'slow.service': countingService('slow', { slowStartMs: 60_000 }),
        },
        persistDir: disk,
      });
      await installWithIdleAgent(server);
    }, 60_000);
    afterAll(async () => {
      await lab[Symbol.asyncDispose]();
      await rm(disk, { recursive: true, force: true });
    }, 60_000);

    test('belong to root, and what is secret is for the agent alone', async () => {
      const { stdout } = await server.exec([
        ...['stat', '-c', '%U:%G %a %n', '/etc/homelabcmd', '/etc/homelabcmd/agent.env'],
        ...[
          '/etc/homelabcmd/restart-allowed',
          '/usr/local/lib/homelabcmd',
          '/usr/local/lib/homelabcmd/homelabcmd-agent',
        ],
        ...[
          '/usr/local/lib/homelabcmd/restart-service',
          '/var/lib/homelabcmd',
          '/run/homelabcmd/restart.sock',
        ],
      ]);
      expect(stdout.trimEnd().split('\n')).toEqual([
        'root:root 755 /etc/homelabcmd',
        'root:root 600 /etc/homelabcmd/agent.env',
        'root:root 644 /etc/homelabcmd/restart-allowed',
        'root:root 755 /usr/local/lib/homelabcmd',
        'root:root 755 /usr/local/lib/homelabcmd/homelabcmd-agent',
        'root:root 755 /usr/local/lib/homelabcmd/restart-service',
        'homelabcmd:homelabcmd 700 /var/lib/homelabcmd',
        'homelabcmd:homelabcmd 600 /run/homelabcmd/restart.sock',
      ]);
      expect((await server.exec(['id', '-nG', 'homelabcmd'])).stdout.trim()).toBe('homelabcmd');
      expect(await server.unit('homelabcmd-agent.service', 'ActiveState')).toBe('active');
    });

    test('allow nothing at first, and stay as they are when the script runs again', async () => {
      expect(await ask(server, `restart ${randomUUID()} demo.service\n`)).toEqual(['refused not_allowed']);
      await allowRestart(server, ['demo.service', 'slow.service']);
      const files = ['/etc/homelabcmd/restart-allowed', '/etc/homelabcmd/agent.env'];
      const before = await Promise.all(files.map((file) => server.read(file)));
      const again = await server.exec(['/opt/homelabcmd/install-agent.sh', '--yes']);
      expect(again).toMatchObject({ code: 0, stderr: '' });
      expect(await Promise.all(files.map((file) => server.read(file)))).toEqual(before);
      expect(await ask(server, `restart ${randomUUID()} demo.service\n`)).toEqual(['started', 'done 0']);
    });

    test.each([
      ['nobody to ask, and no word that nobody is to be asked', [], /no terminal to ask at/],
      ['a service that is no name', ['--allow', 'x;reboot'], /in no unit name/],
      ['an address of another kind', ['--hub', 'hub:8080', '--token', 'hlce_x'], /begins with https:/],
      ['a hub without a token', ['--hub', 'https://hub:8080'], /--token hlce_/],
      ['a hub elsewhere in clear', ['--hub', 'ws://hub:8080', '--token', 'hlce_x'], /reached by https:/],
      [
        'a line break in the token',
        ['--hub', 'https://hub:8080', '--token', 'hlce_a\nNODE_OPTIONS=x'],
        /character/,
      ],
    ])('are not installed with %s, and the script says so', async (_, args, message) => {
      const before = await server.read('/etc/homelabcmd/agent.env');
      const result = await server.exec(['/opt/homelabcmd/install-agent.sh', ...args]);
      expect(result.code).not.toBe(0);
      expect(result.stderr).toMatch(message);
      expect(await server.read('/etc/homelabcmd/agent.env')).toBe(before);
    });

    test('systemd starts the agent again however it ends', async () => {
      const first = await server.mainPid('homelabcmd-agent.service');
      process.kill(first, 'SIGKILL');
      await expect
        .poll(() => server.mainPid('homelabcmd-agent.service').catch(() => first), PATIENCE)
        .not.toBe(first);
    }, 30_000);

    test('a claim outlives a power cut, and is never taken again', async () => {
      const [done, open] = [randomUUID(), randomUUID()];
      const runs = (await runsOf(server, 'demo')).length;
      expect(await ask(server, `restart ${done} demo.service\n`)).toEqual(['started', 'done 0']);
      const { socket, lines } = connectToScript(server);
      socket.write(`restart ${open} slow.service\n`);
      await expect
        .poll(async () => [lines.join(), (await runsOf(server, 'slow')).length], PATIENCE)
        .toEqual(['started', 1]);
      const bootId = await server.read('/proc/sys/kernel/random/boot_id');

      await server.reboot({ powerCut: true });

      expect(await server.read('/proc/sys/kernel/random/boot_id')).not.toBe(bootId);
      expect(await ask(server, `restart ${done} demo.service\n`)).toEqual(['done 0']);
      expect(await ask(server, `restart ${open} slow.service\n`)).toEqual(['claimed']);
      expect(await evidenceOf(server, open)).toMatchObject({ unit: 'slow.service\n', boot: bootId });
      expect(await runsOf(server, 'demo')).toHaveLength(runs + 1);
      expect(await runsOf(server, 'slow')).toHaveLength(1);
      expect(await server.unit('homelabcmd-agent.service', 'ActiveState')).toBe('active');
    }, 30_000);
  },
);
