import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { api } from '@homelabcmd/protocol';
import { ApiClient } from '@homelabcmd/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  countingService,
  type Lab,
  labProblem,
  type LabServer,
  openLab,
  RELEASE_DIR,
  unpackRelease,
} from '../../lab/index.ts';
import { launchBrowser } from '../../scripts/browser.mjs';
import { until } from '../house/house.ts';
import { type HubProcess, startHubProcess } from '../house/hub-process.ts';

const problem = labProblem();
const SLOW = 180_000;

/**
 * Every name where software is installed, with its kind, mode and owner, and what is in the files that an installation could touch.
 * Left out is what the system itself writes all the time, and the copies that useradd and userdel keep of their files.
 */
const SNAPSHOT = `
ls -A /
find /etc /usr/local /usr/lib/systemd /usr/lib/tmpfiles.d /usr/lib/sysusers.d /usr/sbin /var /home /srv -xdev \\( -path /var/tmp \\
  -o -path /var/log -o -path /var/lib/systemd -o -path /var/cache -o -path '/etc/*-' -o -path /etc/.pwd.lock \\) -prune \\
  -o -printf '%p %y %m %u:%g %l\\n'
find /etc /usr/local -xdev -type f ! -path '/etc/*-' ! -path /etc/.pwd.lock -print0 | xargs -0 sha256sum`;

describe.skipIf(problem !== null)(
  `an installation is whole or not there${problem ? `: ${problem}` : ''}`,
  () => {
    const stack = new AsyncDisposableStack();
    let lab: Lab;
    let hub: HubProcess;
    let client: ApiClient;
    const snapshotOf = async (server: LabServer) =>
      (await server.exec(['sh', '-c', SNAPSHOT], { timeoutMs: SLOW })).stdout.split('\n').toSorted();
    const boot = (name: string) =>
      lab.boot(name, { ownNetwork: true, units: { 'demo.service': countingService('demo') } });
    const lineFor = async (name: string) => {
      const { command } = await client.call(api.enrolServer, { params: { server_id: name } });
      return `${command} -s -- --yes`;
    };
    const sh = (server: LabServer, line: string) => server.exec(['sh', '-c', line], { timeoutMs: SLOW });

    beforeAll(async () => {
      lab = stack.use(await openLab());
      await boot('first');
      hub = stack.use(await startHubProcess({ HOMELABCMD_HOST: lab.gateway ?? '' }));
      client = new ApiClient(hub.url, hub.apiKey);
    }, SLOW);
    afterAll(() => stack.disposeAsync());

    test(
      'from the pasted line to the server on the page; and --uninstall leaves the disk as it was',
      async () => {
        const server = await boot('attic');
        const before = await snapshotOf(server);
        const line = await lineFor('attic');
        const browser = await launchBrowser();
        stack.defer(() => browser.close());
        const context = await browser.newContext({ ignoreHTTPSErrors: true });
        await context.request.post(`${hub.url}/api/v1/session`, { data: { api_key: hub.apiKey } });
        const page = await context.newPage();
        await page.goto(hub.url);
        const startedAtMs = performance.now();
        const installed = sh(server, `${line} --allow demo`);
        await page.locator('[data-server="attic"][data-liveness="online"]').waitFor({ timeout: SLOW });
        console.log(`pasted line to online: ${((performance.now() - startedAtMs) / 1000).toFixed(1)} s`);
        expect(await installed).toMatchObject({ code: 0, stderr: '' });
        expect(await server.read('/etc/homelabcmd/restart-allowed')).toContain('\ndemo.service\n');

        expect(await sh(server, `${line} --uninstall`)).toMatchObject({ code: 0, stderr: '' });
        const after = await snapshotOf(server);
        expect(without(before, after)).toEqual([]);
        expect(without(after, before)).toEqual([]);
        expect((await sh(server, 'systemctl list-units --all --plain homelabcmd*')).stdout).not.toMatch(
          /^homelabcmd/m,
        );
        expect(await sh(server, `${line} --uninstall`)).toMatchObject({ code: 0 });
      },
      SLOW,
    );

    test(
      'broken off before any of its steps and run again, it comes to the same end',
      async () => {
        const server = await boot('cellar');
        const line = await lineFor('cellar');
        expect(await sh(server, line)).toMatchObject({ code: 0, stderr: '' });
        const whole = (await snapshotOf(server)).filter(isOfInstallation);
        await sh(server, `${line} --uninstall`);

        const folder = await unpackRelease(server);
        const script = (await readFile(join(RELEASE_DIR, 'install-agent.sh'), 'utf8')).split('\n');
        const [, url = '', token = ''] = /--hub (\S+) --token (\S+)/.exec(line) ?? [];
        const env = `HOMELABCMD_HUB_URL=${url} HOMELABCMD_ENROLMENT_TOKEN=${token}`;
        const steps = stepsOf(script);
        expect(steps.length).toBeGreaterThan(20);
        for (const step of steps) {
          const broken = script.toSpliced(step, 0, '  kill -9 $$').join('\n');
          await server.write(`${folder}/broken-off.sh`, broken, { mode: 0o755 });
          const { code } = await sh(server, `${env} sh ${folder}/broken-off.sh --agreed --yes`);
          expect([script[step], code]).toEqual([script[step], 137]);
        }
        expect(await sh(server, await lineFor('cellar'))).toMatchObject({ code: 0, stderr: '' });
        const end = (await snapshotOf(server)).filter(isOfInstallation);
        expect(end).toEqual(whole);
        await until('cellar online', async () => {
          const read = await client.call(api.getServer, { params: { server_id: 'cellar' } });
          return read.liveness === 'online';
        });
      },
      SLOW,
    );
  },
);

function without(some: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others);
  return some.filter((one) => !known.has(one));
}

/** The lines of the functions that change something, before each of which it may break off. */
function stepsOf(script: readonly string[]): number[] {
  const changing = /^(take_program|make_user|put_files|put_settings|start)\(\) \{$/;
  let isInside = false;
  return script.flatMap((line, at) => {
    if (changing.test(line)) isInside = true;
    else if (line === '}') isInside = false;
    else if (
      isInside &&
      /^ {2}(?!elif|else|fi$|done|esac)[a-z([$]/.test(line) &&
      !script[at - 1]?.endsWith('\\')
    )
      return [at];
    return [];
  });
}

/** What is of this one enrolment, and what the agent writes by itself, differ each time. */
const isOfInstallation = (line: string): boolean =>
  /homelabcmd/.test(line) && !/agent\.env$|\/var\/lib\/homelabcmd\/|orders\.jsonl/.test(line);
