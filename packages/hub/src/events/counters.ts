import type { StoreTransaction } from '../store/schema.ts';
import { statement } from '../store/statement.ts';

type Counted = 'event' | 'action';

const takeNumber = statement<{ name: Counted }, { last: number }>((db, { name }) =>
  db
    .updateTable('hub_counters')
    .set((eb) => ({ last: eb('last', '+', 1) }))
    .where('name', '=', name)
    .returning('last'),
);

/** The next number of these, which nothing gets twice. Its row stays locked until the transaction ends. */
export async function nextNumber(tx: StoreTransaction, name: Counted): Promise<number> {
  const [counter] = (await takeNumber(tx, { name })).rows;
  if (!counter) throw new Error(`The store does not count the ${name}s.`);
  return counter.last;
}
