import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GroupState, type ServiceRecord, WELL_GROUP } from '../record.ts';

/** Looks at the control groups of these services; answers the units of those that have become otherwise. */
export function lookAtGroups(root: string, records: Iterable<ServiceRecord>): string[] {
  const changed: string[] = [];
  for (const record of records) {
    const found = groupOf(root, record);
    if (found.frozen === record.group.frozen && found.oomKills === record.group.oomKills) continue;
    record.group = found;
    changed.push(record.state.id);
  }
  return changed;
}

function groupOf(root: string, { state }: ServiceRecord): GroupState {
  const { controlGroup, activeState } = state;
  if (controlGroup === '' || activeState === 'inactive' || activeState === 'failed') return WELL_GROUP;
  const folder = join(root, controlGroup);
  return {
    frozen: numberAfter('frozen', textOf(join(folder, 'cgroup.events'))) === 1,
    oomKills: numberAfter('oom_kill', textOf(join(folder, 'memory.events'))),
  };
}

const numberAfter = (word: string, text: string): number =>
  Number(new RegExp(`^${word} (\\d{1,9})$`, 'm').exec(text)?.[1] ?? 0);

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
