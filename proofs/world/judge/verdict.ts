import { verifyChain } from '@homelabcmd/hub/rules';
import type { Fleet } from '../fleet/fleet.ts';
import type { Acknowledged } from '../people/people.ts';
import { RUNS } from './rules.ts';
import type { Witness } from './witness.ts';

interface Row {
  readonly action_id: number;
  readonly order_id: string;
  readonly status: keyof typeof RUNS;
  readonly approved_by: string | null;
  readonly approved_digest: string | null;
  readonly digest: string;
  readonly cancel_requested_by: string | null;
}

const COLUMNS = 'action_id, order_id, status, approved_by, approved_digest, digest, cancel_requested_by';

/** What must be true when everything is up again, connected and quiet. */
export async function judgeAtRest(
  fleet: Fleet,
  witness: Witness,
  told: readonly Acknowledged[],
): Promise<void> {
  const rows = fleet.disk.database
    .prepare(`SELECT ${COLUMNS} FROM actions ORDER BY action_id`)
    .all() as unknown as Row[];
  for (const row of rows) judgeRow(row, witness);
  judgePromises(rows, witness, told);
  judgeStarts(fleet, witness);
  judgeOpen(fleet, witness);
  judgeRecord(fleet, witness);
  judgeKeys(fleet, witness);
  const chain = fleet.hub === null ? null : await verifyChain(fleet.hub.db);
  for (const { sentence } of chain?.faults ?? []) witness.blame('P9', sentence);
}

function judgeRow(row: Row, witness: Witness): void {
  const { status, order_id: orderId, action_id: actionId } = row;
  const runs = witness.runs.get(orderId)?.length ?? 0;
  if (!RUNS[status].includes(runs) && !witness.isRewound(orderId))
    witness.blame(runs === 0 ? 'P4' : 'P5', `#${actionId} is ${status} at the end and ran ${runs} times`);
  if (runs > 0 && row.approved_digest !== row.digest && !witness.isRewound(orderId))
    witness.blame('P2', `#${actionId} ran by another digest than the approved one`);
  if (status === 'approved' || status === 'dispatched' || status === 'executing')
    witness.blame('P7', `#${actionId} is still ${status}, though all is up and connected`);
}

/** What a person was told is so. */
function judgePromises(rows: readonly Row[], witness: Witness, told: readonly Acknowledged[]): void {
  const byOrder = new Map(rows.map((row) => [row.order_id, row]));
  const approvers = new Map<string, string>();
  for (const { what, orderId, actor } of told) {
    if (witness.isRewound(orderId)) continue;
    const row = byOrder.get(orderId);
    if (row === undefined) {
      witness.blame('P3', `${what} of ${orderId} was acknowledged and is lost`);
      continue;
    }
    const at = `#${row.action_id}`;
    if (what === 'approve') {
      if (row.approved_by !== actor) witness.blame('P3', `${at} lost the approval of ${actor}`);
      if (approvers.has(orderId)) witness.blame('P3', `${at} was approved twice`);
      approvers.set(orderId, actor);
    }
    if (what === 'reject' && row.status !== 'rejected') witness.blame('P3', `${at} lost its rejection`);
    if (what === 'abandon' && row.status !== 'abandoned') witness.blame('P3', `${at} lost its end`);
    if (what === 'cancel' && row.status !== 'cancelled' && row.cancel_requested_by === null)
      witness.blame('P3', `${at} lost its cancelling`);
  }
}

/** systemd's own count of the starts that an order caused. */
function judgeStarts(fleet: Fleet, witness: Witness): void {
  const counts = new Map<string, number>();
  for (const { systemd } of fleet.servers.values())
    for (const { orderId } of systemd.starts)
      if (orderId !== null) counts.set(orderId, (counts.get(orderId) ?? 0) + 1);
  for (const [orderId, count] of counts)
    if (count > 1) witness.blame('P1', `${orderId} started its service ${count} times`);
}

function judgeOpen(fleet: Fleet, witness: Witness): void {
  const twice = fleet.disk.database
    .prepare(
      `SELECT server_id, target FROM actions WHERE status IN ('pending', 'approved', 'dispatched', 'executing', 'unknown')
       GROUP BY server_id, target HAVING count(*) > 1`,
    )
    .all();
  for (const row of twice)
    witness.blame('P6', `two actions are open for ${String(row['target'])} on ${String(row['server_id'])}`);
}

/** Each agent has the key by which the hub knows it on its disk, whatever became of a change of it. */
function judgeKeys(fleet: Fleet, witness: Witness): void {
  for (const server of fleet.servers.values()) {
    const { id } = server;
    const row = fleet.disk.database.prepare('SELECT public_key FROM agent_keys WHERE server_id = ?').get(id);
    if (!server.keys().includes(String(row?.['public_key'])))
      witness.blame('P7', `the agent of ${id} does not have the key by which the hub knows it`);
  }
}

/** The newest event of each action tells what its row says, and each event but progress has its audit entry. */
function judgeRecord(fleet: Fleet, witness: Witness): void {
  const { database } = fleet.disk;
  const differing = database
    .prepare(
      `SELECT a.action_id FROM actions a LEFT JOIN events e ON e.id = a.revision
       WHERE e.id IS NULL OR json_extract(e.data_json, '$.action.status') <> a.status
         OR json_extract(e.data_json, '$.action.version') <> a.version`,
    )
    .all();
  for (const row of differing)
    witness.blame('P9', `#${Number(row['action_id'])} differs from its newest event`);
  const missing = database
    .prepare(
      `SELECT e.id FROM events e WHERE e.type LIKE 'action.%' AND e.type <> 'action.progress'
       AND NOT EXISTS (SELECT 1 FROM audit_entries a WHERE a.event_id = e.id)`,
    )
    .all();
  for (const row of missing) witness.blame('P9', `the event ${Number(row['id'])} is not in the audit`);
}
