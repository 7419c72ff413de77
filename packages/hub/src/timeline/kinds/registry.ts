import type { TimelineKind } from '@homelabcmd/protocol';
import { readAction } from './action.ts';
import { readAlert } from './alert.ts';
import { readJournal } from './journal.ts';
import type { ReadKind } from './kind.ts';
import { readServer } from './server.ts';
import { readService } from './service.ts';

/** How each kind of entry is read. What happened at one moment is told in this order. */
export const TIMELINE_KINDS: { readonly [K in TimelineKind]: ReadKind<K> } = {
  journal: readJournal,
  service: readService,
  server: readServer,
  alert: readAlert,
  action: readAction,
};
