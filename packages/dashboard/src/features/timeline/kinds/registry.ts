import type { TimelineKind } from '@homelabcmd/protocol';
import { action } from './action.tsx';
import { alert } from './alert.tsx';
import { journal } from './journal.tsx';
import type { EntryKind } from './kind.ts';
import { server } from './server.tsx';
import { service } from './service.tsx';

/** How each kind of entry of a time line is shown. */
export const ENTRY_KINDS: { readonly [K in TimelineKind]: EntryKind<K> } = {
  service,
  server,
  journal,
  alert,
  action,
};
