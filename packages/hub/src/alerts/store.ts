import { Alert, AlertRuleSettings } from '@homelabcmd/protocol';
import type { LogTransaction } from '../events/log.ts';
import { timestamp } from '../lib/clock.ts';
import { Refusal } from '../lib/refusal.ts';
import type { Store, StoreTransaction } from '../store/schema.ts';
import {
  type Draft,
  emptyMemory,
  type FleetMemory,
  type JobMemory,
  type Memory,
  type ServerMemory,
  type SilenceMemory,
  type Subject,
} from './core/memory.ts';

/** What the evaluation knew at its last commit. */
export async function readMemory(db: Store): Promise<Memory> {
  const memory = emptyMemory();
  for (const { part, key, value_json } of await db.selectFrom('alert_memory').selectAll().execute()) {
    const value: unknown = JSON.parse(value_json);
    if (part === 'subjects') memory.subjects.set(key, value as Subject);
    else if (part === 'servers') memory.servers.set(key, value as ServerMemory);
    else if (part === 'fleet') memory.fleet.set(key, value as FleetMemory);
  }
  for (const row of await db.selectFrom('silences').selectAll().execute())
    memory.silences.set(String(row.silence_id), row satisfies SilenceMemory);
  for (const row of await db.selectFrom('alert_rules').selectAll().execute())
    memory.rules.set(row.kind, {
      settings: AlertRuleSettings.parse(JSON.parse(row.settings_json)),
      ...{ changedAt: row.changed_at, changedBy: row.changed_by },
    });
  for (const row of await db.selectFrom('watched_jobs').selectAll().execute())
    memory.jobs.set(String(row.job_id), {
      ...{ jobId: row.job_id, name: row.name, kind: row.kind, everyMs: row.every_ms, graceMs: row.grace_ms },
      ...{ tokenDigest: row.token_digest, lastFailure: row.last_failure, createdBy: row.created_by },
      lastPingMs: row.last_ping_at === null ? null : Date.parse(row.last_ping_at),
      createdMs: Date.parse(row.created_at),
    });
  return memory;
}

const FORGOTTEN_AT_ONCE = 50;

/** With each commit a few alerts go that have been over for too long: the others wait for the next. */
export async function forgetOld(tx: StoreTransaction, beforeMs: number): Promise<void> {
  const old = await tx
    .selectFrom('alerts')
    .select('alert_id')
    .where('resolved_at', '<', timestamp(beforeMs))
    .limit(FORGOTTEN_AT_ONCE)
    .execute();
  const ids = old.map(({ alert_id }) => alert_id);
  if (ids.length > 0) await tx.deleteFrom('alerts').where('alert_id', 'in', ids).execute();
}

/** The servers that are there in this transaction: of others nothing can be written. */
async function knownServers(tx: StoreTransaction): Promise<ReadonlySet<string>> {
  const rows = await tx.selectFrom('servers').select('server_id').execute();
  return new Set(rows.map(({ server_id }) => server_id));
}

/** Writes all that a draft has changed, and tells of it. What it says of servers that are gone is left out. */
export async function writeDraft(open: LogTransaction, draft: Draft): Promise<void> {
  const known = await knownServers(open.tx);
  const isThere = (serverId: string | null) => serverId === null || known.has(serverId);
  // A log that is read later than it was written has given these to the server that has that name now.
  for (const [serverId, lastAlertId] of draft.gone)
    await open.tx
      .deleteFrom('alerts')
      .where('server_id', '=', serverId)
      .where('alert_id', '<=', lastAlertId)
      .execute();
  // The numbers of subjects that are open alone: those that were closed go before another is opened.
  const revisions = await tellAll(open, draft, isThere);
  await writeMemory(open.tx, draft, isThere, revisions);
  await writeStory(open.tx, draft, revisions);
}

/** It was of a server that was removed, also where another has its name by now. */
const isOfGone = ({ gone }: Draft, { alert_id, server_id }: Alert): boolean =>
  alert_id <= (gone.get(server_id ?? '') ?? 0);

async function tellAll(
  open: LogTransaction,
  draft: Draft,
  isThere: (serverId: string | null) => boolean,
): Promise<Map<number, number>> {
  const revisions = new Map<number, number>();
  for (const told of draft.told) {
    switch (told.type) {
      case 'silence.created': {
        const { silence, actor } = told;
        if (!isThere(silence.server_id))
          throw new Refusal('not_found', `There is no server ${silence.server_id}`);
        await open.append({ type: told.type, serverId: null, actor }, async () => {
          await open.tx.insertInto('silences').values(silence).execute();
          return { silence: { ...silence, held_back: heldBackBy(draft, silence.silence_id) } };
        });
        break;
      }
      case 'silence.ended': {
        const { silenceId, actor } = told;
        await open.append({ type: told.type, serverId: null, actor }, async () => {
          await open.tx.deleteFrom('silences').where('silence_id', '=', silenceId).execute();
          return { silence_id: silenceId };
        });
        break;
      }
      case 'alert.forgotten': {
        const { alert_id, server_id: serverId } = told.alert;
        if (!isThere(serverId) || isOfGone(draft, told.alert)) break;
        await open.append({ type: told.type, serverId, actor: 'hub' }, async () => {
          await open.tx.deleteFrom('alerts').where('alert_id', '=', alert_id).execute();
          return { alert_id };
        });
        break;
      }
      default: {
        const { alert_id, server_id: serverId } = told.alert;
        if (!isThere(serverId) || isOfGone(draft, told.alert)) break;
        await open.append({ type: told.type, serverId, actor: told.actor }, async ({ revision }) => {
          revisions.set(alert_id, revision);
          const alert = { ...told.alert, revision };
          await putAlert(open.tx, told.key, alert);
          return { alert };
        });
      }
    }
  }
  return revisions;
}

export function heldBackBy(draft: Pick<Draft, 'all'>, silenceId: number): number {
  return draft.all('subjects').filter(([, { open }]) => open?.silencedBy === silenceId).length;
}

async function putAlert(tx: StoreTransaction, key: string, alert: Alert): Promise<void> {
  const values = {
    ...{ subject_key: key, kind: alert.kind, severity: alert.severity, state: alert.state },
    ...{ server_id: alert.server_id, subject: alert.subject, title: alert.title, since: alert.since },
    ...{ resolved_at: alert.resolved_at, cause_alert_id: alert.suppressed?.cause_alert_id ?? null },
    ...{ revision: alert.revision, alert_json: JSON.stringify(alert) },
  };
  await tx
    .insertInto('alerts')
    .values({ alert_id: alert.alert_id, ...values })
    .onConflict((conflict) => conflict.column('alert_id').doUpdateSet(values))
    .execute();
}

async function writeMemory(
  tx: StoreTransaction,
  draft: Draft,
  isThere: (serverId: string | null) => boolean,
  revisions: ReadonlyMap<number, number>,
): Promise<void> {
  for (const [key, subject] of [...draft.changed.subjects]) {
    const isOurs = subject !== null && isThere(subject.serverId);
    const revision = revisions.get(subject?.open?.alert.alert_id ?? 0);
    const open = subject?.open ?? null;
    const next =
      !isOurs || open === null || revision === undefined
        ? subject
        : { ...subject, open: { ...open, alert: { ...open.alert, revision } } };
    draft.changed.subjects.set(key, isOurs ? next : null);
  }
  for (const [key, server] of [...draft.changed.servers])
    if (server !== null && !isThere(server.serverId)) draft.changed.servers.set(key, null);
  for (const part of ['subjects', 'servers', 'fleet'] as const)
    for (const [key, value] of draft.changed[part]) await putMemory(tx, part, key, value);
  for (const [kind, rule] of draft.changed.rules) await putRule(tx, kind, rule);
  for (const [id, job] of draft.changed.jobs) await putJob(tx, Number(id), job);
}

async function putMemory(tx: StoreTransaction, part: string, key: string, value: object | null) {
  if (value === null) {
    await tx.deleteFrom('alert_memory').where('part', '=', part).where('key', '=', key).execute();
    return;
  }
  const value_json = JSON.stringify(value);
  await tx
    .insertInto('alert_memory')
    .values({ part, key, value_json })
    .onConflict((conflict) => conflict.columns(['part', 'key']).doUpdateSet({ value_json }))
    .execute();
}

async function putRule(
  tx: StoreTransaction,
  key: string,
  rule: Draft['changed']['rules'] extends Map<string, infer R> ? R : never,
) {
  const kind = Alert.shape.kind.parse(key);
  if (rule === null) {
    await tx.deleteFrom('alert_rules').where('kind', '=', kind).execute();
    return;
  }
  const values = {
    settings_json: JSON.stringify(rule.settings),
    ...{ changed_at: rule.changedAt, changed_by: rule.changedBy },
  };
  await tx
    .insertInto('alert_rules')
    .values({ kind, ...values })
    .onConflict((conflict) => conflict.column('kind').doUpdateSet(values))
    .execute();
}

async function putJob(tx: StoreTransaction, job_id: number, job: JobMemory | null): Promise<void> {
  if (job === null) {
    await tx.deleteFrom('watched_jobs').where('job_id', '=', job_id).execute();
    return;
  }
  const values = {
    ...{ name: job.name, kind: job.kind, every_ms: job.everyMs, grace_ms: job.graceMs },
    ...{ token_digest: job.tokenDigest, last_failure: job.lastFailure },
    last_ping_at: job.lastPingMs === null ? null : timestamp(job.lastPingMs),
    ...{ created_at: timestamp(job.createdMs), created_by: job.createdBy },
  };
  await tx
    .insertInto('watched_jobs')
    .values({ job_id, ...values })
    .onConflict((conflict) => conflict.column('job_id').doUpdateSet(values))
    .execute();
}

/** Of those that the story goes on about: with a server that was deleted meanwhile its alerts have gone, too. */
async function knownAlerts(tx: StoreTransaction, story: Draft['story']): Promise<ReadonlySet<number>> {
  const ids = new Set(story.flatMap(({ event_id, alertId }) => (event_id === null ? [] : [alertId])));
  if (ids.size === 0) return new Set();
  const rows = await tx
    .selectFrom('alerts')
    .select('alert_id')
    .where('alert_id', 'in', [...ids])
    .execute();
  return new Set(rows.map(({ alert_id }) => Number(alert_id)));
}

async function writeStory(
  tx: StoreTransaction,
  { story, late }: Draft,
  revisions: ReadonlyMap<number, number>,
): Promise<void> {
  const rowOf = ({ alertId, ...line }: Draft['story'][number]) => ({
    ...{ ...line, alert_id: alertId },
    event_id: line.event_id ?? revisions.get(alertId) ?? 1,
  });
  const known = await knownAlerts(tx, story);
  for (const line of story) {
    if (line.event_id === null ? !revisions.has(line.alertId) : !known.has(line.alertId)) continue;
    await tx
      .insertInto('alert_story')
      .values(rowOf(line))
      .onConflict((conflict) => conflict.columns(['alert_id', 'n']).doNothing())
      .execute();
  }
  for (const { alertId, ...line } of late) {
    const last = await tx
      .selectFrom('alerts')
      .leftJoin('alert_story', 'alert_story.alert_id', 'alerts.alert_id')
      .select((eb) => eb.fn.max('alert_story.n').as('n'))
      .where('alerts.alert_id', '=', alertId)
      .groupBy('alerts.alert_id')
      .executeTakeFirst();
    // A server may have been deleted since, and its alerts with it.
    if (last === undefined) continue;
    const n = Number(last.n ?? 0) + 1;
    await tx
      .insertInto('alert_story')
      .values({ ...line, alert_id: alertId, n })
      .execute();
  }
}
