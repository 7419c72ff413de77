import { refuseUnusableDatabase } from '../../store/postgres/open.ts';
import { placeOf } from '../../store/postgres/connect.ts';
import { unfitnessOf } from '../../store/postgres/lease.ts';
import { wordsOf } from '../../store/postgres/outage.ts';
import { type Finding, type Patient, fail, warn } from './check.ts';
import { schemaHealth } from './schema.ts';

const NAME = 'Store';

/** Does the database answer, is it ours and of this version, and is the server one that loses nothing? */
export async function databaseHealth({ store }: Patient, url: string): Promise<Finding> {
  const place = placeOf(url);
  if (store.kind === 'unreachable')
    return fail(
      NAME,
      `the database ${place} cannot be used: ${store.why}`,
      'Check HOMELABCMD_DATABASE_URL and that PostgreSQL runs.',
    );
  const unfit = await unfitnessOf(url);
  if (unfit.length > 0)
    return fail(NAME, `a store would not be safe in the database ${place}`, unfit.join(' '));
  if (store.kind === 'absent')
    return warn(
      NAME,
      `there is none in the database ${place}`,
      'The first start of the hub makes it. Is it the right database?',
    );
  try {
    await refuseUnusableDatabase(url);
  } catch (error) {
    return fail(NAME, wordsOf(error), 'Do one of the two: this version cannot use it.');
  }
  return store.kind === 'store'
    ? schemaHealth(`PostgreSQL, ${place}`, store.facts)
    : fail(NAME, store.why, 'Name a database for the hub alone.');
}
