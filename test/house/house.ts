import { type Action, type Service, api, isFinal } from '@homelabcmd/protocol';
import { ApiClient } from '@homelabcmd/testkit';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { type BootOptions, type Lab, type LabServer, installAgent, openLab } from '../../lab/index.ts';
import { launchBrowser } from '../../scripts/browser.mjs';
import { type HubProcess, startHubProcess } from './hub-process.ts';

export interface HouseServerOptions extends BootOptions {
  /** Units that the server allows to be restarted. */
  allow?: string[];
  /** Services that someone expects on it. */
  expect?: string[];
}

/** The whole product at work: the built hub, real systemd servers with installed agents, and a real browser. */
export interface House extends AsyncDisposable {
  readonly hub: HubProcess;
  readonly lab: Lab;
  readonly client: ApiClient;
  /** Boots a server, installs the agent as on any server, and waits until the hub hears it. */
  addServer(name: string, options: HouseServerOptions): Promise<LabServer>;
  /** A browser profile of its own, in which nobody is signed in. */
  openProfile(options?: BrowserContextOptions): Promise<BrowserContext>;
  /** A signed-in page in a browser profile of its own. */
  openPage(path: string, viewport?: { width: number; height: number }): Promise<Page>;
  service(serverId: string, serviceName: string): Promise<Service>;
  action(actionId: number): Promise<Action>;
  /** Waits until the action is in this status; a final status that is another one ends the wait at once. */
  untilAction(actionId: number, status: Action['status'], timeoutMs?: number): Promise<Action>;
  untilService(serverId: string, serviceName: string, isSo: (service: Service) => boolean): Promise<Service>;
}

export async function openHouse(settings: Record<string, string> = {}): Promise<House> {
  await using stack = new AsyncDisposableStack();
  const hub = stack.use(await startHubProcess({ HOMELABCMD_SETTLE_MS: '1500', ...settings }));
  const lab = stack.use(await openLab());
  const client = new ApiClient(hub.url, hub.apiKey);
  const browsers: Browser[] = [];
  stack.defer(async () => {
    for (const browser of browsers) await browser.close();
  });

  const openProfile = async (options?: BrowserContextOptions) => {
    const browser = browsers[0] ?? (await launchBrowser());
    browsers[0] = browser;
    return browser.newContext(options);
  };
  const house = {
    hub,
    lab,
    client,
    ...reads(client),
    addServer: (name: string, options: HouseServerOptions) => addServer(hub, lab, client, name, options),
    openProfile,
    openPage: async (path: string, viewport = { width: 1440, height: 900 }) => {
      const context = await openProfile({ viewport });
      await signIn(context, hub);
      const page = await context.newPage();
      await page.goto(hub.url + path);
      return page;
    },
  };
  const opened = stack.move();
  return { ...house, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

async function addServer(
  hub: HubProcess,
  lab: Lab,
  client: ApiClient,
  name: string,
  options: HouseServerOptions,
): Promise<LabServer> {
  const { allow = [], expect = [], ...boot } = options;
  const server = await lab.boot(name, boot);
  const { token } = await client.call(api.enrolServer, { params: { server_id: name } });
  for (const service_name of expect) {
    await client.call(api.expectService, { params: { server_id: name }, body: { service_name } });
  }
  await installAgent(server, { hubUrl: hub.url.replace('http', 'ws'), token, allow });
  await until(`${name} online`, async () => {
    const { liveness } = await client.call(api.getServer, { params: { server_id: name } });
    const { services } = await client.call(api.listServices, { params: { server_id: name } });
    const areReported = expect.every((wanted) =>
      services.some((service) => service.service_name === wanted && service.observed_at !== null),
    );
    return liveness === 'online' && services.length > 0 && areReported;
  });
  return server;
}

function reads(client: ApiClient) {
  const action = (actionId: number) => client.call(api.getAction, { params: { action_id: actionId } });
  const service = async (serverId: string, serviceName: string) => {
    const { services } = await client.call(api.listServices, { params: { server_id: serverId } });
    const found = services.find((candidate) => candidate.service_name === serviceName);
    if (!found) throw new Error(`${serverId} has no service ${serviceName}`);
    return found;
  };
  return {
    action,
    service,
    untilAction: async (actionId: number, status: Action['status'], timeoutMs = 30_000) => {
      let last = await action(actionId);
      await until(
        `action #${actionId} ${status}`,
        async () => {
          last = await action(actionId);
          return last.status === status || isFinal(last.status);
        },
        timeoutMs,
      );
      if (last.status !== status) {
        throw new Error(
          `action #${actionId} is ${last.status}, not ${status}: ${JSON.stringify(last.result)}`,
        );
      }
      return last;
    },
    untilService: async (serverId: string, serviceName: string, isSo: (service: Service) => boolean) => {
      let last = await service(serverId, serviceName);
      await until(`${serviceName} on ${serverId}`, async () => {
        last = await service(serverId, serviceName);
        return isSo(last);
      });
      return last;
    },
  };
}

/** Signs a browser profile in by the API, as the sign-in page does. */
export async function signIn(context: BrowserContext, hub: HubProcess): Promise<void> {
  const response = await context.request.post(`${hub.url}/api/v1/session`, { data: { api_key: hub.apiKey } });
  if (!response.ok()) throw new Error(`sign-in answered ${response.status()}`);
}

const POLL_MS = 25;

/** Waits for a condition; says which one when its time is up. */
export async function until(what: string, isSo: () => Promise<boolean>, timeoutMs = 30_000): Promise<void> {
  const giveUpAt = Date.now() + timeoutMs;
  while (!(await isSo())) {
    if (Date.now() > giveUpAt) throw new Error(`waited ${timeoutMs} ms in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
