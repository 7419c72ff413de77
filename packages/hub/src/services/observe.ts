import { findingOf, isTrouble, type ServiceReport, serviceNameOfUnit, targetOf } from '@homelabcmd/protocol';
import type { EventLog, LogTransaction } from '../events/log.ts';
import { probeOf, readService, type UsageOf } from './view.ts';

/**
 * Takes in what an agent reports of its services: the only writer of a service's observed state. A report that says
 * nothing new writes nothing. With `isComplete`, services that are neither reported nor expected are forgotten.
 */
export async function observeServices(
  log: EventLog,
  usageOf: UsageOf,
  serverId: string,
  reports: readonly ServiceReport[],
  isComplete: boolean,
): Promise<void> {
  await log.transaction(async (open) => {
    const known = await knownRows(open, serverId, isComplete ? null : reports.map(targetOfReport));
    for (const report of reports) {
      const before = known.get(targetOfReport(report));
      if (before && withoutUsage(before.report_json) === withoutUsage(report)) continue;
      const unwellSince = await writeReport(open, usageOf, serverId, report, before);
      // One frame may speak of a service twice; the second report finds the row that the first has made.
      known.set(targetOfReport(report), knownAfter(report, before, unwellSince));
    }
    if (!isComplete) return;
    const reported = new Set(reports.map(targetOfReport));
    for (const [target, row] of known) {
      if (!reported.has(target) && row.report_json !== null)
        await dropReport(open, usageOf, serverId, target, row);
    }
  });
}

const targetOfReport = (report: ServiceReport): string => targetOf(report.unit);

interface KnownRow {
  readonly service_name: string;
  readonly expected: number;
  readonly report_json: string | null;
  readonly probe_json: string | null;
  readonly unwell_since: string | null;
}

const knownAfter = (
  report: ServiceReport,
  before: KnownRow | undefined,
  unwell_since: string | null,
): KnownRow => ({
  service_name: before?.service_name ?? serviceNameOfUnit(report.unit),
  expected: before?.expected ?? 0,
  report_json: JSON.stringify(report),
  probe_json: before?.probe_json ?? null,
  unwell_since,
});

/** Since when the service has not been well, given that it is now as reported. */
function unwellSince(report: ServiceReport, before: KnownRow | undefined, at: string): string | null {
  const found = { ...report, target: targetOfReport(report), probe_report: report.probe };
  const probe = probeOf({ probe_json: before?.probe_json ?? null });
  return isTrouble(findingOf({ ...found, probe })) ? (before?.unwell_since ?? at) : null;
}

async function knownRows(
  { tx }: LogTransaction,
  serverId: string,
  targets: readonly string[] | null,
): Promise<Map<string, KnownRow>> {
  const rows = await tx
    .selectFrom('services')
    .select(['target', 'service_name', 'expected', 'report_json', 'probe_json', 'unwell_since'])
    .where('server_id', '=', serverId)
    .$if(targets !== null, (q) => q.where('target', 'in', targets ?? []))
    .execute();
  return new Map(rows.map((row) => [row.target, row]));
}

/** Usage changes all the time and is told by the metrics; a change of it alone is not a fact. */
function withoutUsage(report: ServiceReport | string | null): string {
  const whole: unknown = typeof report === 'string' ? JSON.parse(report) : report;
  return JSON.stringify(whole, (key, value: unknown) =>
    key === 'memory_bytes' || key === 'cpu_percent' ? undefined : value,
  );
}

async function writeReport(
  open: LogTransaction,
  usageOf: UsageOf,
  serverId: string,
  report: ServiceReport,
  before: KnownRow | undefined,
): Promise<string | null> {
  let unwell_since: string | null = null;
  const target = targetOfReport(report);
  await open.append(
    { type: 'service.changed', serverId, actor: `agent:${serverId}` },
    async ({ revision, at }) => {
      unwell_since = unwellSince(report, before, at);
      const observed = { report_json: JSON.stringify(report), observed_at: at, revision, unwell_since };
      if (before !== undefined) {
        await open.tx
          .updateTable('services')
          .set(observed)
          .where('server_id', '=', serverId)
          .where('target', '=', target)
          .execute();
      } else {
        await open.tx
          .insertInto('services')
          .values({
            server_id: serverId,
            target,
            service_name: serviceNameOfUnit(report.unit),
            expected: 0,
            display_name: null,
            critical: 0,
            enabled: 1,
            ...observed,
          })
          .execute();
      }
      return { service: await readService(open.tx, serverId, target, usageOf) };
    },
  );
  return unwell_since;
}

async function dropReport(
  open: LogTransaction,
  usageOf: UsageOf,
  serverId: string,
  target: string,
  row: KnownRow,
): Promise<void> {
  const actor = `agent:${serverId}`;
  const service = open.tx
    .updateTable('services')
    .where('server_id', '=', serverId)
    .where('target', '=', target);
  if (row.expected === 1) {
    await open.append({ type: 'service.changed', serverId, actor }, async ({ revision, at }) => {
      await service.set({ report_json: null, observed_at: at, revision, unwell_since: null }).execute();
      return { service: await readService(open.tx, serverId, target, usageOf) };
    });
    return;
  }
  await open.append({ type: 'service.removed', serverId, actor }, async () => {
    await open.tx
      .deleteFrom('services')
      .where('server_id', '=', serverId)
      .where('target', '=', target)
      .execute();
    return { service_name: row.service_name, target };
  });
}
