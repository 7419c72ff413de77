import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { api } from '@homelabcmd/protocol';
import { ApiClient } from '@homelabcmd/testkit';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../../scripts/browser.mjs';
import { until } from '../house/house.ts';
import { type HubProcess, startHubProcess } from '../house/hub-process.ts';
import { freePort } from '../house/ports.ts';
import { startLoneAgent } from '../house/lone-agent.ts';
import { type Nginx, nginxProblem, samplesOfGuide, startNginx } from '../house/nginx.ts';

const problem = nginxProblem();
const PROGRAM = `homelabcmd-agent-linux-${process.arch}.gz`;
const PROGRAM_FILE = fileURLToPath(new URL(`../../dist/agent/${PROGRAM}`, import.meta.url));

const WAYS = [
  { way: 'on a host name of its own', sample: 0, host: 'hub.localhost', basePath: '' },
  { way: 'below a path', sample: 1, host: 'localhost', basePath: '/homelab' },
];

describe.skipIf(problem !== null).each(WAYS)(
  `the hub behind nginx, $way${problem === null ? '' : `: ${problem}`}`,
  ({ sample, host, basePath }) => {
    const stack = new AsyncDisposableStack();
    let address: string;
    /** The same, for those who do not resolve the names that a browser does. */
    let byNumber: string;
    let hub: HubProcess;
    let nginx: Nginx;
    let client: ApiClient;
    let page: Page;
    const asked: string[] = [];
    const failed: string[] = [];

    beforeAll(async () => {
      const port = await freePort();
      nginx = stack.use(await startNginx((await samplesOfGuide())[sample] ?? '', port));
      const origin = `https://${host}:${nginx.port}`;
      address = origin + basePath;
      byNumber = address.replace(host, '127.0.0.1');
      hub = stack.use(
        await startHubProcess({
          HOMELABCMD_PORT: String(port),
          HOMELABCMD_BASE_PATH: basePath,
          HOMELABCMD_PUBLIC_URL: origin,
        }),
      );
      client = new ApiClient(hub.url, hub.apiKey);
      const browser: Browser = await launchBrowser();
      stack.defer(() => browser.close());
      const context = await browser.newContext({ ignoreHTTPSErrors: true });
      page = await context.newPage();
      page.on('request', (sent) => asked.push(sent.url()));
      page.on('response', (answer) => {
        if (answer.status() >= 400) failed.push(`${answer.status()} ${answer.url()}`);
      });
    });
    afterAll(() => stack.disposeAsync());

    /** What a page of the dashboard gets, with the cookie and the origin of the browser. */
    const postFromPage = (path: string, body?: object) =>
      page.evaluate(
        async ([url, text]) => {
          const headers = { 'content-type': 'application/json' };
          const answer = await fetch(
            url,
            text === null ? { method: 'POST' } : { method: 'POST', headers, body: text },
          );
          return {
            status: answer.status,
            body: await answer.json(),
            location: answer.headers.get('location'),
          };
        },
        [`${basePath}/api/v1${path}`, body === undefined ? null : JSON.stringify(body)] as const,
      );

    test('a person signs in on the page, and its cookie goes to the hub alone, over TLS alone', async () => {
      await page.goto(`${address}/actions`);
      await page.getByLabel('API key', { exact: true }).fill(hub.apiKey);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.locator('[data-testid="connection"][data-state="live"]').waitFor();
      await page.waitForURL(`${address}/actions`);
      const cookies = await page.context().cookies();
      expect(cookies).toHaveLength(1);
      expect(cookies[0]).toMatchObject({
        name: basePath === '' ? '__Host-homelabcmd_session' : '__Secure-homelabcmd_session',
        domain: host,
        path: `${basePath}/`,
        httpOnly: true,
        secure: true,
        sameSite: 'Strict',
      });
    });

    test('a page that is opened anew is there, and asks for nothing outside', async () => {
      await page.goto(`${address}/`);
      await page.locator('[data-testid="connection"][data-state="live"]').waitFor();
      expect(asked.length).toBeGreaterThan(5);
      expect(asked.filter((url) => !url.startsWith(`${address}/`))).toEqual([]);
      expect(failed).toEqual([]);
    });

    test('what happens is on the page within a second, so nothing holds the stream back', async () => {
      const tookMs: number[] = [];
      for (const server_id of ['first', 'second', 'third']) {
        const startedMs = performance.now();
        await client.call(api.createServer, { body: { server_id } });
        await page.locator(`[data-server="${server_id}"]`).waitFor();
        tookMs.push(performance.now() - startedMs);
      }
      // A busy machine may be slow once; a proxy that holds back would be slow each time.
      expect(Math.min(...tookMs)).toBeLessThan(1000);
    });

    test('a change that the page asks for is taken as its own, and says where the new thing is', async () => {
      const made = await postFromPage('/servers', { server_id: 'made-on-the-page' });
      expect(made).toMatchObject({ status: 201, location: `${basePath}/api/v1/servers/made-on-the-page` });
    });

    test('the line for a new server has the address of the proxy, and an agent comes in by it', async () => {
      const { body } = await postFromPage('/servers/nas-01/enrolment');
      const { command, warning } = body as { command: string; warning: string | null };
      const [, hubUrl = '', token = ''] = /--hub (\S+) --token (\S+) /.exec(command) ?? [];
      expect(hubUrl).toBe(address);
      expect(command).toContain(`curl -fsS ${address}/agent/v1/install.sh`);
      // The name of this test means, on each machine, that machine itself, and the hub says so.
      expect(warning).toMatch(/means, on another machine, that machine itself/);

      await using agent = await startLoneAgent({
        HOMELABCMD_HUB_URL: byNumber,
        HOMELABCMD_ENROLMENT_TOKEN: token,
        NODE_EXTRA_CA_CERTS: nginx.authorityFile,
      });
      await until(`nas-01 online: ${agent.output()}`, async () => {
        const { liveness } = await client.call(api.getServer, { params: { server_id: 'nas-01' } });
        return liveness === 'online';
      });
      await page.locator('[data-server="nas-01"][data-liveness="online"]').waitFor();
    });

    test('an agent that does not know the authority stays outside, and says why', async () => {
      const { token } = await client.call(api.enrolServer, { params: { server_id: 'stranger' } });
      await using agent = await startLoneAgent({
        HOMELABCMD_HUB_URL: byNumber,
        HOMELABCMD_ENROLMENT_TOKEN: token,
      });
      await expect
        .poll(() => agent.output())
        .toMatch(/The certificate of 127\.0\.0\.1:\d+ is from an authority that this agent does not know/);
      const { liveness } = await client.call(api.getServer, { params: { server_id: 'stranger' } });
      expect(liveness).toBe('never_seen');
    });

    test('the installer and the agent arrive whole, with the checksum that the installer names', async () => {
      const script = await page.context().request.get(`${byNumber}/agent/v1/install.sh`);
      const file = await page.context().request.get(`${byNumber}/agent/v1/files/${PROGRAM}`);
      const digest = createHash('sha256')
        .update(await readFile(PROGRAM_FILE))
        .digest('hex');
      expect(await script.text()).toContain(`${digest}  ${PROGRAM}`);
      expect(
        createHash('sha256')
          .update(await file.body())
          .digest('hex'),
      ).toBe(digest);
    });

    test('the documents of the API are there, with their style and the way home', async () => {
      const docs = await page.context().newPage();
      const statuses: number[] = [];
      docs.on('response', (answer) => statuses.push(answer.status()));
      await docs.goto(`${address}/api/docs`);
      expect(await docs.title()).toMatch(/^The API of HomelabCmd/);
      expect(statuses.length).toBeGreaterThan(1);
      expect(statuses.every((status) => status === 200)).toBe(true);
      await docs.getByRole('link', { name: 'HomelabCmd' }).first().click();
      await docs.waitForURL(`${address}/`);
    });

    test('who types the address short is sent on: to TLS, and to the slash', async () => {
      const sentOn = basePath === '' ? await withoutTls(nginx) : await withoutSlash(page, byNumber);
      expect(sentOn).toBe(basePath === '' ? 'https://hub.example.org/actions' : `${byNumber}/`);
    });
  },
);

function withoutTls(nginx: Nginx): Promise<string | undefined> {
  const socketPath = join(nginx.folder, 'plain.sock');
  return new Promise((resolve, reject) => {
    request({ socketPath, path: '/actions', headers: { host: 'hub.example.org' } }, (answer) => {
      answer.resume();
      resolve(answer.headers.location);
    })
      .on('error', reject)
      .end();
  });
}

async function withoutSlash(page: Page, address: string): Promise<string> {
  return (await page.context().request.get(address)).url();
}
