import { ACTION_KINDS, type ActionKind } from '@homelabcmd/protocol';
import type { Store } from '../../store/schema.ts';
import type { KindRules } from './kind.ts';
import { restartService } from './restart-service.ts';

/** How the hub asks for each kind of action. */
export const KINDS: { readonly [K in ActionKind]: KindRules } = {
  restart_service: restartService,
};

/** Tells the store which kinds and verbs there are: it refuses an action of any other. Done at each start. */
export async function recordKinds(db: Store): Promise<void> {
  const pairs = Object.entries(ACTION_KINDS).flatMap(([kind, { verbs }]) =>
    verbs.map((verb) => ({ kind: kind as ActionKind, verb })),
  );
  await db
    .insertInto('action_verbs')
    .values(pairs)
    .onConflict((conflict) => conflict.columns(['kind', 'verb']).doNothing())
    .execute();
}
