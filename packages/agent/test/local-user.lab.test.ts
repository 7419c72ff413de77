import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  countingService,
  type ExecResult,
  installAgent,
  type Lab,
  labProblem,
  type LabServer,
  openLab,
  runsOf,
} from '../../../lab/index.ts';
import { ATTACKS, ask, type Attack, HOME, MARK, marked } from './local-user-attacks.ts';
import { StubHub } from './stub-hub.ts';

const problem = labProblem();
describe.skipIf(problem !== null)(`a local user of a server${problem ? `: ${problem}` : ''}`, () => {
  let lab: Lab;
  let server: LabServer;
  let hub: StubHub;
  const shAs = (user: string, line: string): Promise<ExecResult> =>
    server.exec([
      ...(user === 'root' ? [] : ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--init-groups']),
      ...['sh', '-c', line],
    ]);

  beforeAll(async () => {
    lab = await openLab();
    server = await lab.boot('media', {
      units: { 'plex.service': countingService('plex'), 'other.service': countingService('other') },
      enable: ['plex.service', 'other.service'],
    });
    hub = await StubHub.open(['plex.service']);
    await installAgent(server, { hubUrl: hub.url, token: hub.token, allow: ['plex.service'] });
    await hub.reportWhere('plex.service', ({ restartable }) => restartable.allowed);
    // Where this machine has polkit, it is asked, as on a real server.
    await shAs('root', 'rm -f /etc/systemd/system/polkit.service; systemctl daemon-reload');
    await shAs('root', `useradd --create-home --home-dir ${HOME} mallory; ${ask}`);
  }, 60_000);
  afterAll(async () => {
    await hub?.[Symbol.asyncDispose]();
    await lab?.[Symbol.asyncDispose]();
  }, 60_000);

  /** Tries it, and looks what came of it. */
  async function attempt({ typed, worked }: Attack, user: string) {
    const agent = await server.unit('homelabcmd-agent.service', 'MainPID');
    const before = { runs: (await runsOf(server, 'plex')).length, agent };
    const { stdout, stderr } = await shAs(user, typed);
    const said = stdout + stderr;
    return { said, hasWorked: await worked({ server, said, before }) };
  }

  test.each(ATTACKS)('gets nothing when it $name; without its guard it would', async (attack) => {
    const { said, hasWorked } = await attempt(attack, 'mallory');
    expect(said).toMatch(attack.refusal);
    expect(hasWorked).toBe(false);

    const { root = 'true', user = 'mallory' } = attack.guardless;
    expect((await shAs('root', root)).code).toBe(0);
    await untilAgentRuns();
    try {
      expect((await attempt(attack, user)).hasWorked).toBe(true);
    } finally {
      await shAs('root', attack.putBack);
    }
    await untilAgentRuns();
    expect((await attempt(attack, 'mallory')).hasWorked).toBe(false);
  });

  const untilAgentRuns = () =>
    vi.waitFor(
      async () => expect(await server.unit('homelabcmd-agent.service', 'ActiveState')).toBe('active'),
      {
        timeout: 20_000,
      },
    );

  /** Files of hers where root may stand, and programs of hers where root may look for some. */
  const plant = async () => {
    const evil = `require('node:fs').writeFileSync('${MARK}', '');`;
    const files: Record<string, string> = {
      '.env': `HOMELABCMD_ALLOW_FILE=${HOME}/list\nNODE_OPTIONS=--require=${HOME}/evil.cjs\n`,
      'bunfig.toml': 'preload = ["./evil.cjs"]\n',
      '.bunfig.toml': `preload = ["${HOME}/evil.cjs"]\n`,
      'package.json': '{ "type": "commonjs", "imports": { "#a": "./evil.cjs" } }',
      '.profile': `touch ${MARK}\n`,
      'evil.cjs': evil,
      list: 'planted.service\n',
      'node_modules/zod/index.js': evil,
      'node_modules/dbus-native/index.js': evil,
    };
    for (const [name, content] of Object.entries(files))
      await server.write(`${HOME}/${name}`, content, { owner: 'mallory:mallory' });
    for (const program of ['systemctl', 'journalctl', 'mkdir', 'sync', 'node', 'sh'])
      await server.write(`${HOME}/bin/${program}`, `#!/bin/sh\n/usr/bin/touch ${MARK}\n`, {
        mode: 0o755,
        owner: 'mallory:mallory',
      });
  };
  const IN_HERS = `cd ${HOME}; export HOME=${HOME} PATH=${HOME}/bin:/usr/local/sbin:/usr/bin:/bin;`;
  const order = () => `restart ${crypto.randomUUID()} plex.service`;

  test.each([
    [
      'the command, in a folder of hers with settings and modules in it',
      () => 'homelabcmd-agent list',
      () => 'BUN_BE_BUN=1 /usr/local/lib/homelabcmd/homelabcmd-agent -e 0',
      /plex\.service/,
    ],
    [
      'the command that starts a program, with programs of hers first on the path',
      () => 'homelabcmd-agent doctor',
      () => 'journalctl -n 1',
      /Journal +it can be read/,
    ],
    [
      'the restart script, with programs of hers first on the path',
      () => `echo '${order()}' | /usr/local/lib/homelabcmd/restart-service`,
      () =>
        `/usr/bin/sed 's/ PATH=[^ ]*$//' /usr/local/lib/homelabcmd/restart-service >/run/copy; echo '${order()}' | /usr/bin/sh /run/copy`,
      /done 0/,
    ],
    [
      'the command, with a home folder of hers',
      () => 'homelabcmd-agent list --json',
      () => '. $HOME/.profile',
      /"line": "plex\.service"/,
    ],
  ])('gets nothing from what root runs among her files: %s', async (_what, run, without, done) => {
    await plant();
    const { stdout } = await shAs('root', `${IN_HERS} ${run()}`);
    expect(stdout).toMatch(done);
    expect(stdout).not.toContain('planted.service');
    expect(await marked({ server })).toBe(false);
    await shAs('root', `${IN_HERS} ${without()}`);
    expect(await marked({ server })).toBe(true);
    await shAs('root', `rm ${MARK}; rm -rf ${HOME}/bin`);
  });
});
