import { timestamp } from '../lib/clock.ts';
import type { NamedWish } from '../lib/handler.ts';
import { Refusal } from '../lib/refusal.ts';
import type { EventLog, LogTransaction } from './log.ts';

/** A sender has given up long before. */
const KEPT_MS = 48 * 3_600_000;

/**
 * A transaction of the log that is done once for each name: its answer is committed with what it changed, so that the
 * same wish sent again, after a crash too, is answered alike and changes nothing. What was refused changed nothing and
 * is judged anew. `null` is a wish without a name.
 * @throws Refusal `idempotency_key_reused` when the name stands for another wish
 */
export function transactionOnce<T>(
  log: EventLog,
  wish: NamedWish | null,
  work: (open: LogTransaction) => Promise<T>,
): Promise<T> {
  if (wish === null) return log.transaction(work);
  const { principalId, name, digest } = wish;
  return log.transaction(async (open) => {
    const { tx, now } = open;
    const oldest = timestamp(Date.parse(now) - KEPT_MS);
    await tx.deleteFrom('named_wishes').where('granted_at', '<', oldest).execute();
    const granted = await tx
      .selectFrom('named_wishes')
      .select(['digest', 'answer_json'])
      .where('key_id', '=', principalId)
      .where('name', '=', name)
      .executeTakeFirst();
    if (granted && granted.digest !== digest)
      throw new Refusal(
        'idempotency_key_reused',
        'This Idempotency-Key was used for another request. Use a new one for each thing that you ask for.',
      );
    if (granted) return JSON.parse(granted.answer_json) as T;
    const answer = await work(open);
    await tx
      .insertInto('named_wishes')
      .values({ key_id: principalId, name, digest, answer_json: JSON.stringify(answer), granted_at: now })
      .execute();
    return answer;
  });
}
