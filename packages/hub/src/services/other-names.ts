import { expectedUnitOf, expectedUnitOfTarget, type ServiceReport } from '@homelabcmd/protocol';
import type { LogTransaction } from '../events/log.ts';

/** Under which names the units of a server are expected, whatever name somebody says. */
export interface ExpectedNames {
  /** The name under which the unit that is meant is expected already; `null` where it is not. */
  sameAs(name: string): string | null;
  /** It is expected from now on. */
  add(name: string): void;
}

/** By what the agent has told of other names: one that is older tells only of those that are expected. */
export async function expectedNames({ tx }: LogTransaction, serverId: string): Promise<ExpectedNames> {
  const rows = await tx
    .selectFrom('services')
    .select(['target', 'service_name', 'expected', 'report_json'])
    .where('server_id', '=', serverId)
    .execute();
  const realNames = new Map<string, string>();
  for (const { report_json } of rows) if (report_json !== null) takeNames(realNames, report_json);
  const realNameOf = (unit: string) => realNames.get(unit) ?? unit;
  const expected = new Map<string, string>();
  const add = (unit: string | null, name: string) => unit !== null && expected.set(realNameOf(unit), name);
  for (const row of rows) if (row.expected === 1) add(expectedUnitOfTarget(row.target), row.service_name);
  return {
    sameAs(name) {
      const unit = expectedUnitOf(name);
      return unit === null ? null : (expected.get(realNameOf(unit)) ?? null);
    },
    add: (name) => void add(expectedUnitOf(name), name),
  };
}

function takeNames(realNames: Map<string, string>, reportJson: string): void {
  const { unit, circumstances } = JSON.parse(reportJson) as Pick<ServiceReport, 'unit' | 'circumstances'>;
  // A report that an older hub has kept has no other names.
  const { alias_of = '', other_names = [] }: Partial<NonNullable<typeof circumstances>> = circumstances ?? {};
  const real = alias_of === '' ? unit : alias_of;
  for (const other of alias_of === '' ? other_names : [unit, ...other_names]) realNames.set(other, real);
}
