import { api } from '@homelabcmd/protocol';
import { ApiClient } from '@homelabcmd/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countingService, labProblem, type LabServer, openLab } from '../../lab/index.ts';
import { until } from '../house/house.ts';
import { startHubProcess } from '../house/hub-process.ts';
import { daysLater, FALSE_RELEASES, releaseOf } from '../house/proxies/false-releases.ts';
import { type Mirror, startMirror } from '../house/proxies/mirror.ts';

const problem = labProblem();
const SLOW = 120_000;
const KEPT = [
  ...['/etc/homelabcmd/restart-allowed', '/etc/homelabcmd/release-key.pem', '/etc/homelabcmd/agent.env'],
  ...['/var/lib/homelabcmd/agent-key', '/var/lib/homelabcmd/hub-key'],
];

describe.skipIf(problem !== null)(`an upgrade${problem === null ? '' : `: ${problem}`}`, () => {
  const stack = new AsyncDisposableStack();
  let server: LabServer;
  let mirror: Mirror;
  const sh = (line: string) => server.exec(['sh', '-c', line], { timeoutMs: SLOW });
  const upgrade = (...words: string[]) =>
    server.exec(['homelabcmd-agent', 'upgrade', ...words], { timeoutMs: SLOW });
  const invocation = () => server.unit('homelabcmd-agent.service', 'InvocationID');
  /** All that root has installed here, and whether it runs as before. */
  const installed = async () => [
    (
      await sh(
        'cd / && sha256sum usr/local/lib/homelabcmd/* etc/systemd/system/homelabcmd-*; ls -A usr/local/lib/homelabcmd',
      )
    ).stdout,
    await invocation(),
  ];
  let line: string;

  beforeAll(async () => {
    const lab = stack.use(await openLab());
    server = await lab.boot('attic', {
      ownNetwork: true,
      units: { 'demo.service': countingService('demo') },
    });
    const hub = stack.use(await startHubProcess({ HOMELABCMD_HOST: lab.gateway ?? '' }));
    mirror = stack.use(await startMirror(lab.gateway ?? '', hub));
    const client = new ApiClient(hub.url, hub.apiKey);
    const { command } = await client.call(api.enrolServer, { params: { server_id: 'attic' } });
    line = `${command.replaceAll(hub.url, mirror.url)} -s -- --yes --allow demo`;
    const done = await sh(line);
    if (done.code !== 0) throw new Error(done.stderr);
    await until('attic online', async () => {
      const read = await client.call(api.getServer, { params: { server_id: 'attic' } });
      return read.liveness === 'online';
    });
  }, SLOW);
  afterAll(() => stack.disposeAsync());

  test('with nothing newer says so, and needs root', async () => {
    expect(await upgrade()).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing to do') });
    const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'homelabcmd-agent'];
    expect((await server.exec([...asNobody, 'upgrade'])).code).toBe(77);
  });

  test.each(Object.entries(FALSE_RELEASES))(
    'is refused, and changes nothing, when %s',
    async (_, { handed, why }) => {
      const before = await installed();
      mirror.handed = handed();
      const result = await upgrade();
      expect(result.code).not.toBe(0);
      expect(result.stderr).toMatch(why);
      expect(await installed()).toEqual(before);
      expect((await sh('ls /evil-was-here')).code).not.toBe(0);
    },
    SLOW,
  );

  test(
    'that is newer and signed is installed; keys, lists and settings stay; and nothing older comes after it',
    async () => {
      const state = () => Promise.all(KEPT.map((file) => server.read(file)));
      const before = [await state(), await invocation()] as const;
      mirror.handed = releaseOf(daysLater(2));
      expect((await upgrade('--check')).stdout).toContain('The hub has');
      expect(await invocation()).toBe(before[1]);
      const result = await upgrade();
      expect(result).toMatchObject({ code: 0, stderr: '' });
      expect(result.stdout).toContain('this server is in');
      expect(await invocation()).not.toBe(before[1]);
      expect(await state()).toEqual(before[0]);
      expect((await upgrade()).stdout).toContain('Nothing to do');

      mirror.handed = new Map();
      const now = await installed();
      expect(await upgrade()).toMatchObject({ code: 1, stderr: expect.stringContaining('an older one') });
      // The line that was pasted at first is no way around it.
      expect(await sh(line)).toMatchObject({ code: 1, stderr: expect.stringContaining('an older one') });
      expect(await installed()).toEqual(now);
    },
    SLOW,
  );
});
