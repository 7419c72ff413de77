import { randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
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
import { ask, connectToScript, evidenceOf, installWithIdleAgent, SOCKET } from './ask-script.ts';

const problem = labProblem();
const PATIENCE = { timeout: 20_000 };

/** The witness of what ran is the service's own list of its starts, never the script's answer. */
describe.skipIf(problem !== null)(
  `the restart script on real systemd${problem ? `: ${problem}` : ''}`,
  () => {
    let lab: Lab;
    let server: LabServer;
    const order = (verb: string, unit: string, id: string = randomUUID()) =>
      ask(server, `${verb} ${id} ${unit}\n`);
    const runs = async (name: string) => (await runsOf(server, name)).length;

    /** Waits until so many scripts are at work, each reading its line. */
    const connections = (count: number) =>
      expect
        .poll(() => server.unit('homelabcmd-restart.socket', 'NConnections'), PATIENCE)
        .toBe(String(count));

    beforeAll(async () => {
      lab = await openLab();
      server = await lab.boot('media', {
        units: {
          'demo.service': countingService('demo'),
          'slow.service': countingService('slow', { slowStartMs: 1500 }),
          'fails.service': countingService('fails', { failStartWhile: '/etc/hostname' }),
          'esc\\x2daped.service': countingService('escaped'),
          'limited.service': countingService('limited', { startLimit: { burst: 2, intervalSeconds: 3600 } }),
          'unlisted.service': countingService('unlisted'),
        },
        enable: ['demo.service'],
      });
      await installWithIdleAgent(server);
      await server.write('/etc/homelabcmd/limits', 'all_per_hour = 1000\n');
      const allowed = ['demo', 'slow', 'fails', 'limited', 'missing', 'esc\\x2daped'];
      await allowRestart(
        server,
        allowed.map((name) => `${name}.service`),
      );
    }, 60_000);
    afterAll(() => lab[Symbol.asyncDispose](), 60_000);

    test('runs an order once, and tells how it ended from then on', async () => {
      const id = randomUUID();
      const before = await runs('demo');
      expect(await order('restart', 'demo.service', id)).toEqual(['started', 'done 0']);
      expect(await runs('demo')).toBe(before + 1);
      expect(await server.unit('demo.service', 'InvocationID')).toBe((await runsOf(server, 'demo')).at(-1));
      const bootId = (await server.read('/proc/sys/kernel/random/boot_id')).trim();
      expect(await evidenceOf(server, id)).toEqual({
        unit: 'demo.service\n',
        verb: 'restart\n',
        boot: `${bootId}\n`,
        output: '',
        exit: '0\n',
      });

      expect(await order('restart', 'demo.service', id)).toEqual(['done 0']);
      expect(await order('fence', '-', id)).toEqual(['done 0']);
      expect(await order('restart', 'unlisted.service', id)).toEqual(['done 0']);
      expect(await runs('demo')).toBe(before + 1);
      expect(await runs('unlisted')).toBe(0);
    });

    test('of twelve deliveries at the same instant one runs, ten times', async () => {
      const before = await runs('demo');
      for (let round = 1; round <= 10; round++) {
        const id = randomUUID();
        const askers = Array.from({ length: 12 }, () => connectToScript(server));
        await connections(12);
        const ended = Promise.all(askers.map(({ socket }) => once(socket, 'close')));
        for (const { socket } of askers) socket.end(`restart ${id} demo.service\n`);
        await ended;
        const answers = askers.map(({ lines }) => lines.join());
        expect(answers.filter((answer) => answer !== 'claimed' && answer !== 'done 0')).toEqual([
          'started,done 0',
        ]);
        expect(await runs('demo')).toBe(before + round);
      }
    }, 60_000);

    test('an asker that has gone before the answer changes nothing', async () => {
      const id = randomUUID();
      const before = await runs('demo');
      const { socket } = connectToScript(server);
      await connections(1);
      socket.write(`restart ${id} demo.service\n`, () => socket.destroy());
      await expect.poll(async () => (await evidenceOf(server, id))?.['exit'], PATIENCE).toBe('0\n');
      expect(await runs('demo')).toBe(before + 1);
    });

    test('an order that was fenced never runs', async () => {
      const id = randomUUID();
      const before = await runs('demo');
      expect(await order('fence', '-', id)).toEqual(['fenced']);
      expect(await order('restart', 'demo.service', id)).toEqual(['fenced']);
      expect(await order('reset-and-restart', 'demo.service', id)).toEqual(['fenced']);
      expect(await order('fence', '-', id)).toEqual(['fenced']);
      expect(await runs('demo')).toBe(before);
      expect(await evidenceOf(server, id)).not.toHaveProperty('exit');
    });

    test('an asker killed in the middle of a slow start changes nothing', async () => {
      const id = randomUUID();
      const asker = spawn(
        process.execPath,
        [
          '-e',
          'require("node:net").connect(process.argv[1]).on("data", (d) => process.stdout.write(d)).write(process.argv[2])',
          server.path(SOCKET),
          `restart ${id} slow.service\n`,
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      const [answer] = (await once(asker.stdout, 'data')) as [Buffer];
      expect(answer.toString()).toBe('started\n');
      asker.kill('SIGKILL');
      await once(asker, 'exit');
      expect(await order('restart', 'slow.service', id)).toEqual(['claimed']);
      await expect.poll(() => order('restart', 'slow.service', id), PATIENCE).toEqual(['done 0']);
      expect(await runs('slow')).toBe(1);
      expect(await evidenceOf(server, id)).toMatchObject({ unit: 'slow.service\n', exit: '0\n' });
    }, 30_000);

    test('the script killed in the middle leaves a claim that never runs again', async () => {
      const id = randomUUID();
      const before = await runs('slow');
      const { socket, lines } = connectToScript(server);
      const closed = once(socket, 'close');
      socket.write(`restart ${id} slow.service\n`);
      await expect.poll(() => lines, PATIENCE).toEqual(['started']);
      await expect.poll(() => runs('slow'), PATIENCE).toBe(before + 1);
      await server.exec(['systemctl', 'kill', '--signal=KILL', 'homelabcmd-restart@*.service']);
      await closed;
      expect(lines).toEqual(['started']);
      expect(await order('restart', 'slow.service', id)).toEqual(['claimed']);
      expect(await order('fence', '-', id)).toEqual(['claimed']);
      await expect.poll(() => server.unit('slow.service', 'ActiveState'), PATIENCE).toBe('active');
      expect(await order('restart', 'slow.service', id)).toEqual(['claimed']);
      expect(await runs('slow')).toBe(before + 1);
      expect(await evidenceOf(server, id)).not.toHaveProperty('exit');
    }, 30_000);

    test('a service that does not start: its exit code, and what systemctl said', async () => {
      const id = randomUUID();
      expect(await order('restart', 'fails.service', id)).toEqual(['started', 'done 1']);
      expect(await runs('fails')).toBe(1);
      expect(await evidenceOf(server, id)).toMatchObject({
        exit: '1\n',
        output: expect.stringContaining('Job for fails.service failed'),
      });
      const missing = randomUUID();
      expect(await order('restart', 'missing.service', missing)).toEqual(['started', 'done 5']);
      expect(await evidenceOf(server, missing)).toMatchObject({
        output: expect.stringContaining('not found'),
      });
    });

    test('a name with systemd’s own escapes is taken as it is', async () => {
      const id = randomUUID();
      expect(await order('restart', 'esc\\x2daped.service', id)).toEqual(['started', 'done 0']);
      expect(await runs('escaped')).toBe(1);
      expect(await evidenceOf(server, id)).toMatchObject({ unit: 'esc\\x2daped.service\n' });
    });

    test('a used-up start limit stops restart, and not reset-and-restart', async () => {
      expect(await order('restart', 'limited.service')).toEqual(['started', 'done 0']);
      expect(await order('restart', 'limited.service')).toEqual(['started', 'done 0']);
      expect(await order('restart', 'limited.service')).toEqual(['started', 'done 1']);
      expect(await runs('limited')).toBe(2);
      expect(await order('reset-and-restart', 'limited.service')).toEqual(['started', 'done 0']);
      expect(await runs('limited')).toBe(3);
      expect(await server.unit('limited.service', 'ActiveState')).toBe('active');
    });

    test('a flood of connections is turned away, and the socket lives on', async () => {
      const held = Array.from({ length: 16 }, () => connectToScript(server));
      await connections(16);
      await Promise.all(Array.from({ length: 300 }, () => once(connectToScript(server).socket, 'close')));
      expect(await server.unit('homelabcmd-restart.socket', 'ActiveState')).toBe('active');
      for (const { socket } of held) socket.destroy();
      await connections(0);
      expect(await order('restart', 'demo.service')).toEqual(['started', 'done 0']);
    }, 60_000);

    test('systemd’s own judgement of the three units is good', async () => {
      const exposureOf = async (unit: string) => {
        const { stdout } = await server.exec(['systemd-analyze', 'security', '--no-pager', unit]);
        return Number(/Overall exposure level[^:]*: ([0-9.]+)/.exec(stdout)?.[1]);
      };
      expect(await exposureOf('homelabcmd-restart@.service')).toBeLessThanOrEqual(2.5);
      expect(await exposureOf('homelabcmd-agent.service')).toBeLessThanOrEqual(1.7);
      expect(await exposureOf('homelabcmd-journal@.service')).toBeLessThanOrEqual(0.3);
    });
  },
);
