import { IDEMPOTENCY_HEADER, type RouteContract } from '@homelabcmd/protocol';
import type { FastifyRequest } from 'fastify';
import type { NamedWish, Principal } from '../lib/handler.ts';
import { Refusal } from '../lib/refusal.ts';
import { digestOf } from '../lib/secrets.ts';

/** Visible characters of ASCII: what a header can hold without being read differently on the way. */
const NAME = /^[\x21-\x7e]{1,255}$/;

/**
 * The wishes that are being granted now. A second request of the same name is refused at once: it may be the same one,
 * sent again by a sender who lost patience, and its answer is not known yet.
 */
export class WishesInFlight {
  readonly #names = new Set<string>();

  /**
   * The wish that a request names, held until it is disposed.
   * @throws Refusal `bad_request`, `request_in_flight`
   */
  hold(
    contract: RouteContract,
    request: FastifyRequest,
    principal: Principal,
  ): Disposable & { readonly wish: NamedWish | null } {
    const wish = contract.once ? wishOf(contract, request, principal) : null;
    if (wish === null) return { wish, [Symbol.dispose]: () => undefined };
    const name = `${wish.principalId} ${wish.name}`;
    if (this.#names.has(name))
      throw new Refusal(
        'request_in_flight',
        'A request with this Idempotency-Key is under way. Wait for its answer, or send it again in a moment.',
      );
    this.#names.add(name);
    return { wish, [Symbol.dispose]: () => void this.#names.delete(name) };
  }
}

function wishOf(
  contract: RouteContract,
  { headers, params, body }: FastifyRequest,
  principal: Principal,
): NamedWish | null {
  const name = headers[IDEMPOTENCY_HEADER];
  if (name === undefined) return null;
  if (typeof name !== 'string' || !NAME.test(name))
    throw new Refusal(
      'bad_request',
      'An Idempotency-Key is 1 to 255 visible ASCII characters, without spaces.',
    );
  // No body and an empty one are the same wish.
  const wished = [contract.method, contract.path, params, body ?? {}];
  return { principalId: principal.id, name, digest: digestOf(JSON.stringify(wished)) };
}
