import { PROBLEMS, Problem, type ProblemCode } from '@homelabcmd/protocol';

/** The hub said no, or could not be asked. `message` is a sentence that a person can act on. */
export class ApiProblem extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = 'ApiProblem';
    this.problem = problem;
  }
}

export const hasCode = (error: unknown, code: ProblemCode): error is ApiProblem =>
  error instanceof ApiProblem && error.problem.code === code;

/** The sentence to show for anything that was thrown. */
export const detailOf = (error: unknown): string =>
  error instanceof ApiProblem ? error.message : 'Something in this page went wrong.';

export const requestIdOf = (error: unknown): string | undefined =>
  error instanceof ApiProblem ? error.problem.request_id : undefined;

/** Whoever was asked to prove who they are did not: nothing was sent, and they know why. */
export const notProved = ({ problem }: ApiProblem): ApiProblem =>
  new ApiProblem({ ...problem, detail: 'Nothing was changed: it takes a proof that it is you.' });

export const unreachable = (): ApiProblem =>
  new ApiProblem({
    type: 'about:blank',
    title: PROBLEMS.unavailable.title,
    status: PROBLEMS.unavailable.status,
    detail: 'The hub cannot be reached.',
    code: 'unavailable',
  });

/** The problem in an answer; a proxy on the way may answer with something else. */
export async function problemIn(response: Response): Promise<ApiProblem> {
  const body: unknown = await response.json().catch(() => null);
  const parsed = Problem.safeParse(body);
  if (parsed.success) return new ApiProblem(parsed.data);
  return new ApiProblem({
    type: 'about:blank',
    title: response.statusText,
    status: response.status,
    detail: `The hub answered ${response.status}.`,
    code: response.status === PROBLEMS.unauthenticated.status ? 'unauthenticated' : 'unavailable',
  });
}
