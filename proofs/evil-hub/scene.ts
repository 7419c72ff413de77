import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { api, type Order } from '@homelabcmd/protocol';
import { keyPairFromPem } from '@homelabcmd/protocol/link';
import { type Fleet, startFleet } from '@homelabcmd/testkit';
import { type SoftwareApprover, softwareApprover } from '@homelabcmd/testkit/approver';
import { SERVER, type TakenHub, takeHub } from './taken-hub.ts';

/** An order as the hub's store has it, with what the approver has signed. */
export type SignedOrder = Order & Required<Pick<Order, 'approval_seal'>>;

/** What the attacker holds, once the hub is theirs. */
export interface Loot {
  /** An order that Kim has approved, and that has run. */
  readonly spent: SignedOrder;
  /** One that Kim has approved and that was never sent. */
  readonly unsent: SignedOrder;
  /** One that Kim has approved for another server, which knows the same passkey. */
  readonly elsewhere: SignedOrder;
  /** By this the agent that is attacked knows itself. */
  readonly agentKey: string;
}

export interface Scene extends AsyncDisposable {
  readonly hub: TakenHub;
  readonly loot: Loot;
  /** The approver, whom the attacker can have sign other things than approvals, and on other pages. */
  readonly kim: SoftwareApprover;
  /** How often anything has been started on the server since the hub was taken. */
  runs(): number;
}

export const UNITS = ['plex.service', 'sonarr.service', 'web.service'] as const;
const SERVICES = UNITS.map((unit) => ({ unit, failed: { exitCode: 1, lastWords: ['it broke'] } }));
const LIMITS = ['all_per_hour = 100000'];
const ELSEWHERE = 'attic';

/**
 * A hub with two servers, a person who approves three restarts, and then somebody who takes the hub with all that it has.
 * @param isSealed whether the server is still sealed then, or root has taken the file of approvers away
 */
export async function openScene({ isSealed }: { isSealed: boolean }): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'evil-hub-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const kim = softwareApprover();
  const server = { services: SERVICES, allow: UNITS, limits: LIMITS, expect: UNITS, approvers: [kim.line] };
  const fleet = await startFleet(
    { [SERVER]: server, [ELSEWHERE]: server },
    {
      HOMELABCMD_DATA_DIR: folder,
      ...{ HOMELABCMD_SETTLE_MS: '0', HOMELABCMD_APPROVED_TTL_MS: '900000' },
    },
  );
  stack.use(fleet);
  const loot = await lootOf(fleet, kim);
  const port = Number(new URL(fleet.hub.url).port);
  await fleet.stopHub();
  const key = keyPairFromPem(await readFile(join(folder, 'hub-key'), 'utf8'));
  const hub = stack.use(await takeHub(port, key, loot.agentKey));
  const { systemd, approversFile, startAgent } = serverOf(fleet);
  const starts = () => UNITS.reduce((sum, unit) => sum + systemd.startsOf(unit).length, 0);
  const before = starts();
  if (!isSealed) await rm(approversFile);
  await startAgent();
  await hub.agentIsIn;
  const opened = stack.move();
  return {
    ...{ hub, loot, kim, runs: () => starts() - before },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

const serverOf = (fleet: Fleet) => {
  const server = fleet.servers.get(SERVER);
  if (server === undefined) throw new Error(`there is no ${SERVER}`);
  return server;
};

async function lootOf(fleet: Fleet, kim: SoftwareApprover): Promise<Loot> {
  for (const serverId of [SERVER, ELSEWHERE]) await until(() => isKnown(fleet, serverId));
  const spent = await approve(fleet, kim, SERVER, 'plex');
  const elsewhere = await approve(fleet, kim, ELSEWHERE, 'plex');
  for (const { order } of [spent, elsewhere]) await until(() => isCompleted(fleet, order));
  await serverOf(fleet).stopAgent();
  const unsent = await approve(fleet, kim, SERVER, 'sonarr');
  return {
    ...{ spent: spent.order, elsewhere: elsewhere.order, unsent: unsent.order },
    agentKey: unsent.agentKey,
  };
}

/** Somebody asks for a restart, and Kim says yes to it. */
async function approve(fleet: Fleet, kim: SoftwareApprover, server_id: string, service_name: string) {
  const { client } = fleet;
  const { action_id } = await client.call(api.restartService, { params: { server_id, service_name } });
  const { to_sign } = await client.call(api.toSignAction, { params: { action_id } });
  if (to_sign === null) throw new Error(`${server_id} is not sealed`);
  const { statement } = to_sign;
  const seal = { until: statement.until, assertion: kim.assert(statement) };
  const { approval_seal: kept } = await client.call(api.approveAction, {
    params: { action_id },
    body: { seal },
  });
  if (kept === undefined) throw new Error('no seal was kept');
  const { agent: agentKey, requested_by: _by, requested_at: _at, until: _until, ...core } = statement;
  const order = { ...core, ttl_ms: 60_000, settle_ms: 0, probe: null, approval_seal: kept.seal };
  return { order, agentKey };
}

async function isKnown({ client }: Fleet, server_id: string): Promise<boolean> {
  const { services } = await client.call(api.listServices, { params: { server_id } });
  return UNITS.every((unit) =>
    services.some(({ target, status }) => target === `systemd:${unit}` && status !== 'unknown'),
  );
}

const isCompleted = async ({ client }: Fleet, { action_id }: Order): Promise<boolean> =>
  (await client.call(api.getAction, { params: { action_id } })).status === 'completed';

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await setTimeout(20);
}
