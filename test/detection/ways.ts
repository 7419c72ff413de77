import { ENDS } from './ways/ends.ts';
import { HANDS, PROBED } from './ways/hands.ts';
import { KINDS } from './ways/kinds.ts';
import { STARTS } from './ways/starts.ts';
import type { Way } from './ways/way.ts';

/** Every way that is tried, one row each. */
export const WAYS: readonly Way[] = [...ENDS, ...STARTS, ...HANDS, ...PROBED, ...KINDS];
