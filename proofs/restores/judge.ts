import { type Action, api, type AuditEntry, isFinal } from '@homelabcmd/protocol';
import type { Fleet } from '@homelabcmd/testkit';
import { type Approved, SERVERS } from './traffic.ts';
import { until } from './until.ts';

/** How often the restart can have run, by what the store says of it. */
const RUNS: Partial<Record<Action['status'], readonly boolean[]>> = {
  completed: [true],
  failed: [true],
  refused: [false],
  rejected: [false],
  cancelled: [false],
};

const NOT_AT_REST = 'approved,dispatched,executing,unknown';

/** Every agent that is there has said what became of everything, and the store says so as the restart scripts do. */
export async function judgeReconciled(
  fleet: Fleet,
  lost: readonly Approved[],
  away: ReadonlySet<string>,
): Promise<{ violations: string[]; unaccounted: number }> {
  const isHere = ({ server_id }: { server_id: string }) => !away.has(server_id);
  await until('no action is open on a server that is there', async () => {
    const { actions } = await fleet.client.call(api.listActions, {
      query: { limit: 500, status: NOT_AT_REST },
    });
    return !actions.some(isHere);
  });
  const ranLost = lost.filter(
    ({ orderId, serverId }) => !away.has(serverId) && ran(fleet, serverId, orderId),
  );
  await until('the agents have told of every order that is lost', async () => {
    const told = await toldOf(fleet);
    const { actions } = await fleet.client.call(api.listActions, { query: { limit: 500 } });
    // What the copy has as pending has expired, though it may have run in the time that is lost.
    const isOpenToDoubt = (one: Action) =>
      isHere(one) && one.status === 'expired' && ran(fleet, one.server_id, one.order_id);
    if (actions.some((one) => isOpenToDoubt(one) && !told.has(one.order_id))) return false;
    const known = new Set(actions.map(({ order_id }) => order_id));
    return ranLost.every(({ orderId }) => known.has(orderId) || told.has(orderId));
  });
  const violations: string[] = [];
  const { actions } = await fleet.client.call(api.listActions, { query: { limit: 500 } });
  const told = await toldOf(fleet);
  for (const action of actions.filter(isHere)) {
    const hasRun = ran(fleet, action.server_id, action.order_id);
    const isTold = action.status === 'expired' && hasRun ? told.has(action.order_id) : true;
    if (!(RUNS[action.status] ?? [true, false]).includes(hasRun) || !isTold)
      violations.push(`#${action.action_id} is ${action.status}, and it ${hasRun ? 'ran' : 'did not run'}.`);
  }
  return { violations, unaccounted: told.size };
}

/**
 * Somebody lifts the freeze, the last servers come back, and all is as ever: a restart works, and nothing is frozen again,
 * unless a server that comes late has seen more than whoever was there, which nobody could have accepted.
 */
export async function judgeUnfrozen(
  fleet: Fleet,
  lost: readonly Approved[],
  away: ReadonlySet<string>,
  allAreBack: () => Promise<void>,
): Promise<string[]> {
  const { client, servers } = fleet;
  await client.call(api.setFreeze, { body: { on: false } });
  for (const server of servers.values()) await server.startAgent();
  await allAreBack();
  const again = await client.call(api.getFreeze, {});
  const isNews = again.on && [...away].some((id) => again.reason?.includes(`the agent on ${id} `) === true);
  if (isNews) await client.call(api.setFreeze, { body: { on: false } });
  const { violations } = await judgeReconciled(fleet, lost, new Set());
  for (const server_id of SERVERS)
    await until(`a restart on ${server_id} is completed after the freeze`, () => restart(fleet, server_id));
  if ((await client.call(api.getFreeze, {})).on) violations.push('The fleet was frozen a second time.');
  const frozen = (await auditOf(fleet, 'freeze.changed')).filter(({ actor }) => actor === 'hub');
  if (frozen.length > (isNews ? 1 + away.size : 1))
    violations.push(`The hub froze the fleet ${frozen.length} times.`);
  return violations;
}

/** The claims of the restart script outlive every store. */
function ran(fleet: Fleet, serverId: string, orderId: string): boolean {
  const verb = fleet.servers.get(serverId)?.claimOf(orderId) ?? null;
  return verb !== null && verb !== 'fence';
}

/** The orders of which the audit says that this store does not know them. */
const toldOf = async (fleet: Fleet) =>
  new Set((await auditOf(fleet, 'order.unaccounted')).map(({ detail }) => detail['order_id']));

async function auditOf(fleet: Fleet, verb: string): Promise<AuditEntry[]> {
  return (await fleet.client.call(api.listAudit, { query: { limit: 500, verb } })).entries;
}

/** Asks for one restart and approves it. @returns whether it completed: what the hub had yet to hear can be in its way */
async function restart({ client }: Fleet, server_id: string): Promise<boolean> {
  const { services } = await client.call(api.listServices, { params: { server_id } });
  const free = services.find(({ open_action_id }) => open_action_id === null);
  if (free === undefined) return true;
  const params = { server_id, service_name: free.service_name };
  const { action_id } = await client.call(api.restartService, { params });
  await client.call(api.approveAction, { params: { action_id } });
  const read = async () => (await client.call(api.getAction, { params: { action_id } })).status;
  await until(`the restart #${action_id} on ${server_id} is over`, async () => isFinal(await read()));
  return (await read()) === 'completed';
}
