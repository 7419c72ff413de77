import { type BodyOf, type ResponseOf, type Service, type api, targetOf } from '@homelabcmd/protocol';
import type { EventLog, LogTransaction } from '../events/log.ts';
import { Refusal } from '../lib/refusal.ts';
import { expectedNames } from './other-names.ts';
import { readService, type UsageOf } from './view.ts';

type Wish = BodyOf<typeof api.expectService>;

export interface ExpectParts {
  readonly log: EventLog;
  readonly usageOf: UsageOf;
}

/** Says that a service should run on a server. @throws Refusal `not_found`, `already_exists` */
export async function expectService(
  { log, usageOf }: ExpectParts,
  actor: string,
  serverId: string,
  wish: Wish,
): Promise<Service> {
  return log.transaction(async (open) => {
    await assertServer(open, serverId);
    const known = await findRow(open, serverId, targetOf(wish.service_name));
    if (known?.expected === 1) {
      throw new Refusal('already_exists', `${known.service_name} is expected on ${serverId} already`);
    }
    const same = (await expectedNames(open, serverId)).sameAs(wish.service_name);
    if (same !== null)
      throw new Refusal(
        'already_exists',
        `${wish.service_name} is expected on ${serverId} already, as ${same}`,
      );
    return writeExpectation(open, usageOf, actor, serverId, wish);
  });
}

/**
 * Says of several services at once that they should run. Those that are expected already stay as they are, and so
 * does the first of two wishes for the same service.
 * @throws Refusal `not_found`
 */
export async function expectServices(
  { log, usageOf }: ExpectParts,
  actor: string,
  serverId: string,
  wishes: readonly Wish[],
): Promise<ResponseOf<typeof api.expectServices>> {
  return log.transaction(async (open) => {
    await assertServer(open, serverId);
    const names = await expectedNames(open, serverId);
    const services: Service[] = [];
    const alreadyExpected: string[] = [];
    for (const wish of wishes) {
      const known = await findRow(open, serverId, targetOf(wish.service_name));
      if (known?.expected === 1 || names.sameAs(wish.service_name) !== null) {
        alreadyExpected.push(wish.service_name);
        continue;
      }
      services.push(await writeExpectation(open, usageOf, actor, serverId, wish));
      names.add(wish.service_name);
    }
    return { services, already_expected: alreadyExpected };
  });
}

async function writeExpectation(
  open: LogTransaction,
  usageOf: UsageOf,
  actor: string,
  serverId: string,
  wish: Wish,
): Promise<Service> {
  const target = targetOf(wish.service_name);
  const values = {
    service_name: wish.service_name,
    expected: 1,
    display_name: wish.display_name ?? null,
    critical: wish.critical ? 1 : 0,
    enabled: wish.enabled ? 1 : 0,
    probe_json: wish.probe ? JSON.stringify(wish.probe) : null,
    grace_seconds: wish.grace_seconds ?? 0,
  };
  await open.append({ type: 'service.changed', serverId, actor }, async ({ revision }) => {
    await open.tx
      .insertInto('services')
      .values({ server_id: serverId, target, report_json: null, observed_at: null, revision, ...values })
      .onConflict((conflict) =>
        conflict.columns(['server_id', 'target']).doUpdateSet({ ...values, revision }),
      )
      .execute();
    return { service: await readService(open.tx, serverId, target, usageOf) };
  });
  const service = await readService(open.tx, serverId, target, usageOf);
  await open.audit({ verb: 'expectation.added', actor, serverId, detail: detailOf(service) });
  return service;
}

/** Changes how a service is expected. @throws Refusal `not_found` */
export async function changeExpectation(
  { log, usageOf }: ExpectParts,
  actor: string,
  serverId: string,
  serviceName: string,
  change: BodyOf<typeof api.changeService>,
): Promise<Service> {
  const target = targetOf(serviceName);
  return log.transaction(async (open) => {
    await assertExpected(open, serverId, target);
    await open.append({ type: 'service.changed', serverId, actor }, async ({ revision }) => {
      await open.tx
        .updateTable('services')
        .set({
          revision,
          ...(change.display_name === undefined ? {} : { display_name: change.display_name }),
          ...(change.critical === undefined ? {} : { critical: change.critical ? 1 : 0 }),
          ...(change.enabled === undefined ? {} : { enabled: change.enabled ? 1 : 0 }),
          ...(change.grace_seconds === undefined ? {} : { grace_seconds: change.grace_seconds }),
          ...(change.probe === undefined
            ? {}
            : { probe_json: change.probe === null ? null : JSON.stringify(change.probe) }),
        })
        .where('server_id', '=', serverId)
        .where('target', '=', target)
        .execute();
      return { service: await readService(open.tx, serverId, target, usageOf) };
    });
    const service = await readService(open.tx, serverId, target, usageOf);
    await open.audit({ verb: 'expectation.changed', actor, serverId, detail: detailOf(service) });
    return service;
  });
}

/** What the audit keeps of how a service is expected. */
function detailOf({ service_name, target, display_name, critical, enabled, probe, grace_seconds }: Service) {
  return { service_name, target, display_name, critical, enabled, probe, grace_seconds };
}

/** No longer expects a service; what is observed of it stays. @throws Refusal `not_found` */
export async function forgetService(
  { log, usageOf }: ExpectParts,
  actor: string,
  serverId: string,
  serviceName: string,
): Promise<void> {
  const target = targetOf(serviceName);
  await log.transaction(async (open) => {
    const row = await assertExpected(open, serverId, target);
    const detail = { service_name: row.service_name, target };
    await open.audit({ verb: 'expectation.removed', actor, serverId, detail });
    if (row.report_json === null) {
      await open.append({ type: 'service.removed', serverId, actor }, async () => {
        await open.tx
          .deleteFrom('services')
          .where('server_id', '=', serverId)
          .where('target', '=', target)
          .execute();
        return detail;
      });
      return;
    }
    await open.append({ type: 'service.changed', serverId, actor }, async ({ revision }) => {
      await open.tx
        .updateTable('services')
        .set({ expected: 0, critical: 0, enabled: 1, display_name: null, probe_json: null })
        .set({ grace_seconds: 0, revision })
        .where('server_id', '=', serverId)
        .where('target', '=', target)
        .execute();
      return { service: await readService(open.tx, serverId, target, usageOf) };
    });
  });
}

function findRow({ tx }: LogTransaction, serverId: string, target: string) {
  return tx
    .selectFrom('services')
    .select(['service_name', 'expected', 'report_json'])
    .where('server_id', '=', serverId)
    .where('target', '=', target)
    .executeTakeFirst();
}

async function assertServer({ tx }: LogTransaction, serverId: string): Promise<void> {
  const server = await tx
    .selectFrom('servers')
    .select('server_id')
    .where('server_id', '=', serverId)
    .executeTakeFirst();
  if (!server) throw new Refusal('not_found', 'Server not found');
}

async function assertExpected(open: LogTransaction, serverId: string, target: string) {
  await assertServer(open, serverId);
  const row = await findRow(open, serverId, target);
  if (row?.expected !== 1) throw new Refusal('not_found', 'This service is not expected on this server');
  return row;
}
