import {
  API_BASE,
  type BodyInputOf,
  type ParamsOf,
  Problem,
  type QueryInputOf,
  type ResponseOf,
  type RouteContract,
} from '@homelabcmd/protocol';

/** The hub said no. */
export class ProblemAnswer extends Error {
  readonly status: number;
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(`${problem.status} ${problem.code}: ${problem.detail}`);
    this.status = problem.status;
    this.problem = problem;
  }
}

type Given<R extends RouteContract> = (ParamsOf<R> extends undefined ? unknown : { params: ParamsOf<R> }) & {
  query?: QueryInputOf<R>;
  body?: BodyInputOf<R>;
};

/** Calls the hub's API as a program does, by the contracts of the protocol, and checks what comes back. */
export class ApiClient {
  readonly #url: string;
  readonly #apiKey: string;

  constructor(url: string, apiKey: string) {
    this.#url = url;
    this.#apiKey = apiKey;
  }

  /** @throws ProblemAnswer for every answer that is not the route's own */
  async call<R extends RouteContract>(route: R, given: Given<R>): Promise<ResponseOf<R>> {
    const { params, query, body } = given as { params?: object; query?: object; body?: unknown };
    const values = new Map(Object.entries(params ?? {}).map(([key, value]) => [key, String(value)]));
    const path = route.path.replaceAll(/:(\w+)/g, (_, key: string) =>
      encodeURIComponent(values.get(key) ?? ''),
    );
    const search = new URLSearchParams();
    for (const [key, value] of Object.entries(query ?? {})) search.set(key, String(value));
    const response = await fetch(`${this.#url}${API_BASE}${path}${search.size > 0 ? `?${search}` : ''}`, {
      method: route.method,
      headers: {
        'x-api-key': this.#apiKey,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer: unknown = response.status === 204 ? null : await response.json();
    if (response.status !== route.status) throw new ProblemAnswer(Problem.parse(answer));
    return route.response.parse(answer) as ResponseOf<R>;
  }
}
