import {
  type EffectivePolicy,
  type Policy,
  AllowedHours,
  POLICY_ACTOR,
  isPolicyActor,
} from '@homelabcmd/protocol';
import type { Selectable } from 'kysely';
import { Refusal } from '../lib/refusal.ts';
import type { Schema, Store } from '../store/schema.ts';
import { statement } from '../store/statement.ts';
import { type Scene, effectiveOf } from './effective.ts';

export type PolicyRow = Selectable<Schema['policies']>;

function policyOf(row: PolicyRow, nowMs: number): Policy {
  const { name, server_id, service_name, target, mode, expires_at, changed_at, changed_by } = row;
  return {
    ...{ name, server_id, service_name, target, mode, expires_at },
    expired: expires_at !== null && Date.parse(expires_at) <= nowMs,
    hours: row.hours_json === null ? null : AllowedHours.parse(JSON.parse(row.hours_json)),
    shadow: row.is_shadow === 1,
    remediate: row.is_remediating === 1,
    wait_ms: Number(row.wait_ms),
    ...{ changed_at, changed_by },
    paused: row.paused_at === null ? null : { at: row.paused_at, because: row.paused_because ?? '' },
    noted: row.noted_at === null ? null : { at: row.noted_at, note: row.note ?? '' },
  };
}

const everyPolicy = statement<object, PolicyRow>((db) =>
  db.selectFrom('policies').selectAll().orderBy('name'),
);

/** Every policy, by name: there are few, and each question needs all that could be about one service. */
export async function allPolicies(db: Store, nowMs: number): Promise<Policy[]> {
  const { rows } = await everyPolicy(db, {});
  return rows.map((row) => policyOf(row, nowMs));
}

const somePolicy = statement<object, { name: string }>((db) =>
  db.selectFrom('policies').select('name').limit(1),
);

export const isAnyPolicy = async (db: Store): Promise<boolean> => (await somePolicy(db, {})).rows.length > 0;

export async function findPolicy(db: Store, name: string, nowMs: number): Promise<Policy | null> {
  const row = await db.selectFrom('policies').selectAll().where('name', '=', name).executeTakeFirst();
  return row ? policyOf(row, nowMs) : null;
}

/** @throws Refusal `not_found` */
export async function readPolicy(db: Store, name: string, nowMs: number): Promise<Policy> {
  const policy = await findPolicy(db, name, nowMs);
  if (policy === null) throw new Refusal('not_found', `There is no policy ${name}`);
  return policy;
}

const maintenanceOf = statement<{ serverId: string }, { maintenance_json: string }>((db, { serverId }) =>
  db.selectFrom('servers').select('maintenance_json').where('server_id', '=', serverId),
);

/** All that the question who may approve rests on. @throws Refusal `not_found` without such a server */
export async function sceneOf(db: Store, serverId: string, target: string, nowMs: number): Promise<Scene> {
  const [server] = (await maintenanceOf(db, { serverId })).rows;
  if (!server) throw new Refusal('not_found', 'Server not found');
  const { on, until } = JSON.parse(server.maintenance_json) as { on: boolean; until: string | null };
  const isInMaintenance = on && (until === null || Date.parse(until) > nowMs);
  return { policies: await allPolicies(db, nowMs), serverId, target, nowMs, isInMaintenance };
}

/** What holds for a service now. @throws Refusal `not_found` */
export async function effectivePolicy(
  db: Store,
  serverId: string,
  target: string,
  nowMs: number,
): Promise<EffectivePolicy> {
  return effectiveOf(await sceneOf(db, serverId, target, nowMs));
}

/** The policy that an actor is, or `null` for a person. */
export const policyNameOf = (actor: string): string | null =>
  isPolicyActor(actor) ? actor.slice(POLICY_ACTOR.length) : null;
