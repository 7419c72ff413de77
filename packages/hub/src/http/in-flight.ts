import type { FastifyInstance } from 'fastify';
import { Refusal } from '../lib/refusal.ts';

const MOST_AT_ONCE = 200;

/** Keeps one key from holding the hub alone: more than 200 of its requests at once are refused, and nothing of them is done. */
export function limitInFlight(app: FastifyInstance): void {
  const inFlight = new Map<string, number>();
  app.addHook('preValidation', async (request, reply) => {
    const name = request.principal?.name;
    if (name === undefined) return;
    const count = (inFlight.get(name) ?? 0) + 1;
    if (count > MOST_AT_ONCE) {
      throw new Refusal('too_many', `${name} has ${MOST_AT_ONCE} requests under way. Wait for some to end.`, {
        retry_after_seconds: 1,
      });
    }
    inFlight.set(name, count);
    reply.raw.once('close', () => {
      const left = (inFlight.get(name) ?? 1) - 1;
      if (left > 0) inFlight.set(name, left);
      else inFlight.delete(name);
    });
  });
}
