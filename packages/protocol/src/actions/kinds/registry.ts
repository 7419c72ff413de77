import { z } from 'zod';
import { restartService } from './restart-service.ts';

/** Every kind of action. A new one is one file beside this and one line here; the compiler then names what is missing. */
export const ACTION_KINDS = {
  restart_service: restartService,
} as const;

export type ActionKind = keyof typeof ACTION_KINDS;
export const ActionKind = z.enum(Object.keys(ACTION_KINDS) as [ActionKind, ...ActionKind[]]);

/** A verb of the root-owned script that an order can name. */
export type ActionVerb = (typeof ACTION_KINDS)[ActionKind]['verbs'][number];
export const ActionVerb = z.enum(
  Object.values(ACTION_KINDS).flatMap((kind) => [...kind.verbs]) as [ActionVerb, ...ActionVerb[]],
);
