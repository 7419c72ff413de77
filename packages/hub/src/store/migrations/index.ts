import type { Migration } from 'kysely/migration';
import { up as first } from './0001-first.ts';

/** Every migration, in order. A new one is one file and one line here. */
export const migrations: Record<string, Migration> = {
  '0001-first': { up: first },
};
