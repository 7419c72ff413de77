import { finished } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { Refusal } from '../lib/refusal.ts';

const MOST_AT_ONCE = 200;

/** Keeps one key from holding the hub alone: more than 200 of its requests at once are refused, and nothing of them is done. */
export function limitInFlight(app: FastifyInstance): void {
  const inFlight = new Map<string, number>();
  // Before the body is read: a request whose body is slow to come holds its place too.
  app.addHook('preParsing', async (request, reply) => {
    const name = request.signedIn?.principal.name;
    if (name === undefined) return;
    const count = (inFlight.get(name) ?? 0) + 1;
    if (count > MOST_AT_ONCE) {
      throw new Refusal('too_many', `${name} has ${MOST_AT_ONCE} requests under way. Wait for some to end.`, {
        retry_after_seconds: 1,
      });
    }
    inFlight.set(name, count);
    // Called also when the sender has gone already.
    finished(reply.raw, () => {
      const left = (inFlight.get(name) ?? 1) - 1;
      if (left > 0) inFlight.set(name, left);
      else inFlight.delete(name);
    });
  });
}
