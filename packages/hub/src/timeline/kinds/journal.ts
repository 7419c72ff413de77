import type { EventData, TimelineEntry } from '@homelabcmd/protocol';
import type { ReadKind } from './kind.ts';

type Line = Extract<TimelineEntry, { kind: 'journal' }>;

/** The lines that came with the evidence of why services stopped. The same evidence comes with several events: each line is told once. */
export const readJournal: ReadKind<'journal'> = async ({ events, target, from, to }) => {
  const lines = new Map<string, Line>();
  for (const { type, dataJson } of events) {
    if (type !== 'service.changed') continue;
    const { service } = JSON.parse(dataJson) as EventData<'service.changed'>;
    if (target !== null && service.target !== target) continue;
    for (const { at, identifier, pid, priority, message } of service.why?.journal ?? []) {
      if (at < from || at > to) continue;
      const line = { at, service_name: service.service_name, identifier, pid, priority, message };
      lines.set(JSON.stringify(line), { kind: 'journal', ...line });
    }
  }
  return [...lines.values()];
};
