import type { ActionKind } from '@homelabcmd/protocol';
import type { KindConduct } from './kind.ts';
import { restartService } from './restart-service.ts';

/** How the agent judges each kind of action. */
export const KINDS: { readonly [K in ActionKind]: KindConduct } = {
  restart_service: restartService,
};
