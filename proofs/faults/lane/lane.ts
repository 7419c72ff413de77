import { chmodSync, readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { api } from '@homelabcmd/protocol';
import { keyPairFromPem } from '@homelabcmd/protocol/link';
import { ApiClient } from '@homelabcmd/testkit';
import { installAgent, type Lab } from '../../../lab/index.ts';
import type { Side } from '../plan/points.ts';
import { openRelay, type Relay } from '../relay/relay.ts';
import { type SupervisedHub, superviseHub } from './hub.ts';
import { bootCounted, type CountedServer } from './server.ts';
import { openTrigger, type Trigger } from './trigger.ts';

const SETTLE_MS = 40;

/** A hub, a server with its agent, and a relay between them: a world of its own, in which one order is out at a time. */
export interface Lane extends AsyncDisposable {
  readonly name: string;
  readonly hub: SupervisedHub;
  readonly server: CountedServer;
  readonly relay: Relay;
  readonly client: ApiClient;
  readonly triggers: Record<Side, Trigger>;
  readonly dir: string;
  /** Ends one side with SIGKILL; false when it was down already. */
  kill(side: Side): boolean;
  /** Both sides are up and the hub has welcomed the agent. @throws when that does not come about */
  connected(): Promise<void>;
  /** Ends the agent while nothing is asked of it, and waits until the next one is connected. */
  renewAgent(): Promise<boolean>;
  /** The hub knows that every service runs, from what it was told since the server last had power. */
  reported(): Promise<void>;
}

const CONNECTED_WITHIN_MS = 40_000;
const LOSS_WITHIN_MS = 2000;

export async function openLane(
  lab: Lab,
  name: string,
  parentDir: string,
  counts: { quick: number; slow: number },
): Promise<Lane> {
  await using stack = new AsyncDisposableStack();
  const dir = join(parentDir, name);
  await mkdir(dir, { recursive: true });
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  const triggers = {
    hub: openTrigger(join(dir, 'hub-faults'), 'hub'),
    agent: openTrigger(join(dir, 'agent-faults'), 'agent'),
  };
  // The agent's user writes there too.
  chmodSync(triggers.agent.dir, 0o777);
  const hub = stack.use(
    await superviseHub(dir, triggers.hub.dir, {
      HOMELABCMD_SETTLE_MS: String(SETTLE_MS),
      HOMELABCMD_LOG_LEVEL: 'info',
    }),
  );
  await hub.ready();
  const relay = stack.use(await openRelay(hub.port, keyOf(hub)));
  const client = new ApiClient(hub.url, hub.apiKey);
  const server = await bootCounted(
    lab,
    name,
    { disk: join(dir, 'disk'), faults: triggers.agent.dir },
    counts,
  );
  stack.defer(() => server.lab.stop());
  const { token } = await client.call(api.enrolServer, { params: { server_id: name } });
  await installAgent(server.lab, {
    hubUrl: `ws://127.0.0.1:${relay.port}`,
    token,
    allow: [...server.quick, ...server.slow].map((service) => `${service}.service`),
  });
  const connected = () => untilConnected(name, hub, relay);
  await connected();
  const renewAgent = async () => {
    await connected();
    const losses = relay.lostLinks;
    const isKilled = server.killAgent();
    // The link may have been lost just before, unseen: then no loss follows.
    const giveUpAt = performance.now() + LOSS_WITHIN_MS;
    while (relay.lostLinks === losses && performance.now() < giveUpAt) await pause(5);
    await connected();
    return isKilled;
  };
  const count = server.quick.length + server.slow.length;
  const reported = () => untilReported(client, name, count, server.powerLostAtMs);
  await reported();
  const opened = stack.move();
  return {
    ...{ name, hub, server, relay, client, triggers, dir, connected, renewAgent, reported },
    kill: (side) => (side === 'hub' ? hub.kill() : server.killAgent()),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

const keyOf = ({ dataDir }: SupervisedHub) => keyPairFromPem(readFileSync(join(dataDir, 'hub-key'), 'utf8'));

async function untilConnected(name: string, hub: SupervisedHub, relay: Relay): Promise<void> {
  const giveUpAt = performance.now() + CONNECTED_WITHIN_MS;
  await hub.ready();
  while (!relay.isUp) {
    if (performance.now() > giveUpAt)
      throw new Error(`the agent on ${name} did not come back within ${CONNECTED_WITHIN_MS} ms`);
    await pause(5);
  }
}

/** Until the hub knows every service, so that each request says what was seen. */
async function untilReported(
  client: ApiClient,
  serverId: string,
  count: number,
  sinceMs: number,
): Promise<void> {
  const giveUpAt = performance.now() + CONNECTED_WITHIN_MS;
  for (;;) {
    const { services } = await client.call(api.listServices, { params: { server_id: serverId } });
    const isSeen = (at: string | null) => at !== null && Date.parse(at) >= sinceMs;
    const running = services.filter((one) => one.status === 'running' && isSeen(one.observed_at));
    if (running.length >= count) return;
    if (performance.now() > giveUpAt) throw new Error(`${serverId} reports ${services.length} services only`);
    await pause(50);
  }
}
