import {
  API_BASE,
  AS_OF_HEADER,
  type BodyInputOf,
  type ParamsOf,
  type QueryInputOf,
  type ResponseOf,
  type RouteContract,
} from '@homelabcmd/protocol';
import { BASE_PATH } from '../lib/browser/base-path.ts';
import { askForProof } from './access/proof.ts';
import { type ApiProblem, hasCode, notProved, problemIn, unreachable } from './problem.ts';

/** What a route needs to be called, from its contract: only what it takes, and all of it. */
export type CallInput<R extends RouteContract> = (R extends { params: object }
  ? { readonly params: ParamsOf<R> }
  : { readonly params?: undefined }) & {
  readonly query?: QueryInputOf<R>;
  readonly body?: BodyInputOf<R>;
  readonly signal?: AbortSignal;
};

export interface Answer<T> {
  readonly body: T;
  /** The newest event that the answer is sure to include. */
  readonly asOf: number;
}

const AS_JSON = { 'content-type': 'application/json' } as const;

function pathOf(route: RouteContract, params: Record<string, unknown>): string {
  return (
    BASE_PATH +
    API_BASE +
    route.path.replace(/:([a-z_]+)/g, (_, name: string) => encodeURIComponent(String(params[name])))
  );
}

function searchOf(query: Record<string, unknown>): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return search === '' ? '' : `?${search}`;
}

/** The address of a route, for a link that the browser follows by itself. */
export const addressOf = <R extends RouteContract>(
  route: R,
  query: QueryInputOf<R>,
  params: Record<string, unknown> = {},
): string => pathOf(route, params) + searchOf({ ...(query as object) });

/**
 * Calls a route and checks the answer against its contract. Where the hub first wants a proof of who asks, that is asked
 * for here and the call is made again, so that whoever calls need not know of it.
 * @throws ApiProblem; `proof_required` when the proof was declined
 */
export async function ask<R extends RouteContract>(
  route: R,
  input: CallInput<R>,
): Promise<Answer<ResponseOf<R>>> {
  for (;;) {
    const sent = await send(route, input);
    if ('answer' in sent) return sent.answer;
    if (!hasCode(sent.problem, 'proof_required')) throw sent.problem;
    if (!(await askForProof())) throw notProved(sent.problem);
  }
}

async function send<R extends RouteContract>(
  route: R,
  input: CallInput<R>,
): Promise<{ answer: Answer<ResponseOf<R>> } | { problem: ApiProblem }> {
  const url =
    pathOf(route, { ...(input.params as object | undefined) }) +
    searchOf({ ...(input.query as object | undefined) });
  const response = await fetch(url, {
    method: route.method,
    credentials: 'same-origin',
    signal: input.signal,
    ...(input.body !== undefined && { headers: AS_JSON, body: JSON.stringify(input.body) }),
  }).catch((error: unknown) => {
    if (input.signal?.aborted) throw error;
    throw unreachable();
  });
  if (!response.ok) return { problem: await problemIn(response) };
  const body: unknown = response.status === 204 ? null : await response.json();
  return {
    answer: {
      body: route.response.parse(body) as ResponseOf<R>,
      asOf: Number(response.headers.get(AS_OF_HEADER) ?? 0),
    },
  };
}

/** Calls a route. @throws ApiProblem */
export async function call<R extends RouteContract>(route: R, input: CallInput<R>): Promise<ResponseOf<R>> {
  return (await ask(route, input)).body;
}
