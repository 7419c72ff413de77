import { Problem } from '@homelabcmd/protocol';
import type { Operation } from './operations.ts';
import type { Answered } from './wire.ts';

/** What nobody outside has to see: where our code is, and what the store says. */
const INSIDE = /\bat [^\n"]*\.[mt]s:|SQLITE|node_modules|FOREIGN KEY|SyntaxError|TypeError|RangeError/;

/** What is wrong with an answer; `null`: nothing. */
export function faultOf(operation: Operation, { status, headers, body }: Answered): string | null {
  if (status >= 500) return `answered with ${status}: ${body.slice(0, 300)}`;
  if (!operation.statuses.has(status) && !isElsewhere(status, body))
    return `answered with ${status}, which the document does not name: ${body.slice(0, 300)}`;
  if (INSIDE.test(body) && status >= 400) return `tells of its inside: ${body.slice(0, 300)}`;
  if (headers.has('x-evil')) return 'a header was put in by a value';
  return status >= 400
    ? problemFault(status, headers.get('content-type') ?? '', body)
    : answerFault(operation, status, body);
}

/** A value that holds a slash makes an address of nothing: then it is not this operation that answers. */
const isElsewhere = (status: number, body: string): boolean =>
  status === 404 && body.includes('"detail":"There is nothing at this address."');

function problemFault(status: number, type: string, body: string): string | null {
  if (!type.startsWith('application/problem+json'))
    return `${status} is no problem document, but ${type || 'nothing'}: ${body.slice(0, 200)}`;
  const problem = Problem.safeParse(parsed(body));
  if (!problem.success) return `${status} is no right problem document: ${body.slice(0, 300)}`;
  if (problem.data.status !== status) return `${status} says that it is ${problem.data.status}`;
  return problem.data.detail.length > 3 ? null : `${status} says nothing: ${body.slice(0, 300)}`;
}

function answerFault({ contract, isStream }: Operation, status: number, body: string): string | null {
  if (isStream) return null;
  if (contract === null || status !== contract.status) return `answered with ${status}, which is not its own`;
  if (status === 204) return body === '' ? null : '204 has a body';
  if (contract.file !== undefined) return null;
  const answer = contract.response.safeParse(parsed(body));
  return answer.success
    ? null
    : `its answer has another shape than the contract's: ${answer.error.message.slice(0, 200)}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
