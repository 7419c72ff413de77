import type { AuditVerb } from '@homelabcmd/protocol';
import { type Detail, text, type Words } from './detail.ts';

const named = (noun: string, detail: Detail): string => {
  const name = text(detail, 'name');
  return name === null ? `a ${noun}` : `the ${noun} ${name}`;
};

/** What was done about channels and heartbeats, in words. */
export const OF_NOTIFICATIONS: Pick<
  Record<AuditVerb, Words>,
  Extract<AuditVerb, `${'channel' | 'heartbeat'}.${string}`>
> = {
  'channel.created': (d) => ({ what: `Added ${named('channel', d)}`, more: text(d, 'kind') }),
  'channel.changed': (d) => ({ what: `Changed ${named('channel', d)}`, more: text(d, 'kind') }),
  'channel.removed': (d) => ({ what: `Removed ${named('channel', d)}`, more: text(d, 'kind') }),
  'heartbeat.created': (d) => ({ what: `Added ${named('heartbeat', d)}`, more: text(d, 'host') }),
  'heartbeat.changed': (d) => ({ what: `Changed ${named('heartbeat', d)}`, more: text(d, 'host') }),
  'heartbeat.removed': (d) => ({ what: `Removed ${named('heartbeat', d)}`, more: text(d, 'host') }),
};
