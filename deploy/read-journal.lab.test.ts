import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Lab, labProblem, type LabServer, openLab } from '../lab/index.ts';
import { ask, connectToScript, installWithIdleAgent, JOURNAL_SOCKET } from './ask-script.ts';

const problem = labProblem();
const PATIENCE = { timeout: 20_000 };
const CHOOSE = '/usr/local/lib/homelabcmd/choose-logs';
const WATCHED = '/etc/homelabcmd/logs-watched';

/** A service that says these words and fails, when journald has had time to see of which run they are: it looks while the run is there. */
const saying = (script: string) =>
  `[Service]\nType=oneshot\nExecStart=/bin/sh -c '${script}; sleep 0.3; exit 3'\nStandardOutput=journal\n`;

describe.skipIf(problem !== null)(
  `the journal reader on real systemd${problem ? `: ${problem}` : ''}`,
  () => {
    let lab: Lab;
    let server: LabServer;

    const runOf = (unit: string) => server.unit(unit, 'InvocationID');
    const reads = (question: string) => ask(server, question, JOURNAL_SOCKET);
    /** What the reader shows of the last run of a unit: the messages, and the line at the end. */
    const shown = async (unit: string, run?: string, lines = 50) => {
      const answer = await reads(`${unit} ${run ?? (await runOf(unit))} ${lines}\n`);
      const end = answer.pop();
      return { messages: answer.map((line) => String(JSON.parse(line).MESSAGE)), end };
    };
    const root = async (...argv: string[]) => {
      const result = await server.exec(argv);
      expect(result.stderr).toBe('');
      return result.stdout;
    };
    const as = (user: string, ...argv: string[]) =>
      server.exec(['setpriv', `--reuid=${user}`, '--regid=nogroup', '--init-groups', ...argv]);
    const watch = (...units: string[]) => server.write(WATCHED, `# a comment\n${units.join('\n')}\n`);

    beforeAll(async () => {
      lab = await openLab();
      server = await lab.boot('media', {
        units: {
          'watched.service': saying('echo watched gives up'),
          'other.service': saying('echo the secret of other'),
          'allowed.service': saying('echo allowed gives up'),
          'esc\\x2daped.service': saying('echo escaped gives up'),
          // It writes into the journal as if it were systemd that speaks of the watched service.
          'liar.service': saying('cat /run/lie | logger --journald'),
        },
      });
      await installWithIdleAgent(server);
      await server.write('/etc/homelabcmd/restart-allowed', 'allowed.service\n');
      for (const unit of ['watched', 'other', 'allowed', 'esc\\x2daped'])
        await server.exec(['systemctl', 'start', `${unit}.service`]);
      await root('journalctl', '--sync');
    }, 60_000);
    beforeEach(() => watch('watched.service', 'esc\\x2daped.service'));
    afterAll(() => lab[Symbol.asyncDispose](), 60_000);

    test('is what an installation has at first: the agent itself cannot read the journal', async () => {
      expect((await server.read('/etc/homelabcmd/logs')).split('\n').at(-2)).toBe('watched');
      expect((await root('id', '-nG', 'homelabcmd')).trim()).toBe('homelabcmd');
      expect((await root('stat', '-c', '%U:%G %a', JOURNAL_SOCKET)).trim()).toBe('homelabcmd:homelabcmd 600');
      expect((await as('homelabcmd', 'journalctl', '--quiet', '-o', 'cat')).stdout).toBe('');
      expect(await server.unit('homelabcmd-agent.service', 'SupplementaryGroups')).toBe('');
    });

    test('shows what a service that is named wrote, and what systemd says of it', async () => {
      for (const [unit, words] of [
        ['watched.service', 'watched gives up'],
        ['allowed.service', 'allowed gives up'],
        ['esc\\x2daped.service', 'escaped gives up'],
      ] as const) {
        const { messages, end } = await shown(unit);
        expect(end).toBe('done 0');
        expect(messages).toContain(words);
        expect(messages.join('\n')).toContain('status=3');
      }
      expect((await shown('watched.service', undefined, 1)).messages).toHaveLength(1);
    });

    test('shows nothing of a service that is not named, nor by the name of one that is', async () => {
      expect(await shown('other.service')).toEqual({ messages: [], end: 'refused not_watched' });
      expect(await shown('watched.service', await runOf('other.service'))).toEqual({
        messages: [],
        end: 'done 0',
      });
      await watch('*', '*.service', '# other.service', ' other.service', 'other.service ', 'other');
      expect(await shown('other.service')).toEqual({ messages: [], end: 'refused not_watched' });
      expect(await shown('watched.service')).toEqual({ messages: [], end: 'refused not_watched' });
    });

    test('what somebody wrote as if systemd had said it is not shown', async () => {
      const run = await runOf('watched.service');
      await server.write('/run/lie', `MESSAGE=a lie\nUNIT=watched.service\nINVOCATION_ID=${run}\n`);
      await server.exec(['systemctl', 'start', 'liar.service']);
      await root('journalctl', '--sync');
      expect(await root('journalctl', '-o', 'cat', `INVOCATION_ID=${run}`)).toContain('a lie');
      expect((await shown('watched.service')).messages).not.toContain('a lie');
    });

    test.each([
      ['an option in the place of the unit', '--file=/etc/shadow'],
      ['a pattern', '*.service'],
      ['another kind of unit', 'watched.socket'],
      ['a path', '../watched.service'],
      ['a shell’s text', '$(id).service'],
      ['no name', '.service'],
      ['a name that is too long', `${'a'.repeat(250)}.service`],
    ])('refuses %s', async (_, unit) => {
      expect(await reads(`${unit} ${'a'.repeat(32)} 5\n`)).toEqual(['refused invalid_unit_name']);
    });

    test.each([
      ['a run in capitals', `watched.service ${'A'.repeat(32)} 5\n`],
      ['a run that is too short', `watched.service ${'a'.repeat(31)} 5\n`],
      ['another condition in the place of the run', 'watched.service _UID=0 5\n'],
      ['a number that is none', `watched.service ${'a'.repeat(32)} all\n`],
      ['a thousand lines', `watched.service ${'a'.repeat(32)} 1000\n`],
      ['no number', `watched.service ${'a'.repeat(32)}\n`],
      ['something more', `watched.service ${'a'.repeat(32)} 5 --all\n`],
      ['a question that is cut short', `watched.service ${'a'.repeat(32)} 5`],
      ['nothing', ''],
    ])('refuses %s', async (_, question) => {
      expect(await reads(question)).toEqual(['refused bad_question']);
    });

    test('a list that others than root can write names nothing', async () => {
      await root('chmod', '666', WATCHED);
      expect((await shown('watched.service')).end).toBe('refused not_watched');
      await root('chmod', '644', WATCHED);
      await root('chown', 'homelabcmd', WATCHED);
      expect((await shown('watched.service')).end).toBe('refused not_watched');
      await root('chown', 'root', WATCHED);
      expect((await shown('watched.service')).end).toBe('done 0');
    });

    test('root’s choice holds at once, and a repeated installation keeps it', async () => {
      await root('sed', '-i', 's/^watched$/none/', '/etc/homelabcmd/logs');
      expect((await shown('watched.service')).end).toBe('refused not_shared');

      await installWithIdleAgent(server);
      expect((await server.read('/etc/homelabcmd/logs')).split('\n').at(-2)).toBe('none');
      expect(await server.unit('homelabcmd-journal.socket', 'ActiveState')).toBe('inactive');
      expect((await server.exec(['test', '-e', JOURNAL_SOCKET])).code).toBe(1);

      await installWithIdleAgent(server, ['--logs', 'all']);
      expect((await as('homelabcmd', 'journalctl', '-o', 'cat')).stdout).toContain('the secret of other');
      expect((await server.exec(['test', '-e', JOURNAL_SOCKET])).code).toBe(1);

      await root(CHOOSE, 'watched', '--watch-enabled');
      expect((await as('homelabcmd', 'journalctl', '--quiet', '-o', 'cat')).stdout).toBe('');
      expect((await shown('watched.service')).end).toBe('done 0');
      expect(await server.read(WATCHED)).not.toMatch(/^(?:systemd-|homelabcmd-|ssh)/m);
      expect((await server.exec([CHOOSE, 'some'])).code).toBe(64);
    }, 30_000);

    test('a flood of connections is turned away, and the socket lives on', async () => {
      const unit = 'homelabcmd-journal.socket';
      const connections = (count: number) =>
        expect.poll(() => server.unit(unit, 'NConnections'), PATIENCE).toBe(String(count));
      const held = Array.from({ length: 4 }, () => connectToScript(server, JOURNAL_SOCKET));
      await connections(4);
      const flood = Array.from({ length: 100 }, () => connectToScript(server, JOURNAL_SOCKET));
      await Promise.all(flood.map(({ socket }) => once(socket, 'close')));
      expect(await server.unit(unit, 'ActiveState')).toBe('active');
      for (const { socket } of held) socket.destroy();
      await connections(0);
      expect((await shown('watched.service')).end).toBe('done 0');
    }, 30_000);

    test('nothing of the sandbox had to be lifted here, so that all of this was seen in it', async () => {
      expect(await root('find', '/etc/systemd/system', '-name', '50-relaxed.conf')).toBe('');
    });
  },
);
