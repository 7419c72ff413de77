import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countingService, type Lab, labProblem, type LabServer, openLab, runsOf } from '../lab/index.ts';
import { readRelaxations } from '@homelabcmd/agent/rules';
import { ask, installWithIdleAgent, JOURNAL_SOCKET } from './ask-script.ts';

const problem = labProblem();
const ORDER = '0f4a0c5e-5b0e-4a53-9a0e-3f2a6f3f0001';

/** The units as systemd has them on a server that lets nothing be mounted, as in a container without nesting. */
describe.skipIf(problem !== null)(
  `the sandbox where a server cannot give all of it${problem ? `: ${problem}` : ''}`,
  () => {
    let lab: Lab;
    let server: LabServer;
    let said: string;
    const lifted = (unit: string) =>
      readRelaxations(server.path('/etc/systemd/system'))
        .filter((one) => one.unit === unit)
        .map(({ setting }) => setting);
    const exposureOf = async (unit: string) => {
      const { stdout } = await server.exec(['systemd-analyze', 'security', '--no-pager', unit]);
      return Number(/Overall exposure level[^:]*: ([0-9.]+)/.exec(stdout)?.[1]);
    };

    beforeAll(async () => {
      lab = await openLab();
      server = await lab.boot('container', {
        noMounts: true,
        units: { 'demo.service': countingService('demo') },
        enable: ['demo.service'],
      });
      said = await installWithIdleAgent(server);
      await server.write('/etc/homelabcmd/restart-allowed', 'demo.service\n');
    }, 90_000);
    afterAll(() => lab[Symbol.asyncDispose](), 60_000);

    test('what needs a mount is lifted with its reason, nothing else, and the installer says so', () => {
      expect(said).toContain('homelabcmd-agent.service: this server cannot give ProtectSystem');
      expect(lifted('homelabcmd-restart@.service')).toEqual([
        'ProtectSystem',
        'ReadOnlyPaths',
        'PrivateMounts',
      ]);
      for (const unit of ['homelabcmd-agent.service', 'homelabcmd-journal@.service']) {
        expect(lifted(unit)).toEqual(expect.arrayContaining(['ProtectSystem', 'PrivateTmp']));
        for (const kept of [
          'RestrictNamespaces',
          'SystemCallFilter',
          'RestrictAddressFamilies',
          'PrivateUsers',
        ])
          expect(lifted(unit)).not.toContain(kept);
      }
      for (const { because } of readRelaxations(server.path('/etc/systemd/system')))
        expect(because).toContain('226/NAMESPACE');
    });

    test('the agent runs, a restart is carried out, and lines are shown', async () => {
      expect(await server.unit('homelabcmd-agent.service', 'ActiveState')).toBe('active');
      const run = await server.unit('demo.service', 'InvocationID');
      expect(await ask(server, `restart ${ORDER} demo.service\n`)).toEqual(['started', 'done 0']);
      expect(await runsOf(server, 'demo')).toHaveLength(2);
      // Who may read the journal is set by a unit of the distribution that asks for a mount itself, and fails here.
      await server.exec(['systemd-tmpfiles', '--create', '--prefix=/run/log/journal']);
      const lines = await ask(server, `demo.service ${run} 50\n`, JOURNAL_SOCKET);
      expect(lines.at(-1)).toBe('done 0');
      expect(lines.length).toBeGreaterThan(1);
    });

    test('it is still a sandbox: no capability, and an exposure that systemd calls OK', async () => {
      expect(await server.unit('homelabcmd-agent.service', 'CapabilityBoundingSet')).toBe('');
      expect(await exposureOf('homelabcmd-restart@.service')).toBeLessThanOrEqual(4);
      expect(await exposureOf('homelabcmd-agent.service')).toBeLessThanOrEqual(4);
    });

    test('what was lifted once and is not needed is taken back', async () => {
      const folder = '/etc/systemd/system/homelabcmd-restart@.service.d';
      await server.write(`${folder}/50-relaxed.conf`, '[Service]\n# An old reason.\nLockPersonality=no\n');
      const result = await server.exec(['/usr/local/lib/homelabcmd/relax-sandbox']);
      expect(result.code).toBe(0);
      expect(lifted('homelabcmd-restart@.service')).not.toContain('LockPersonality');
      expect(await server.unit('homelabcmd-restart@x.service', 'LockPersonality')).toBe('yes');
    }, 60_000);
  },
);
