import type { Problem } from '@homelabcmd/protocol';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { Refusal } from '../lib/refusal.ts';
import { StoreUnavailable } from '../store/faults.ts';

const PROBLEM_TYPE = 'application/problem+json';

/** Sends a refusal as RFC 9457 problem details. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, refusal: Refusal): FastifyReply {
  const problem = refusal.toProblem(request.id);
  if (problem.retry_after_seconds !== undefined) reply.header('retry-after', problem.retry_after_seconds);
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
  // Written past the serializer: a problem can answer any route, whatever its schemas are.
  return reply.code(problem.status).type(PROBLEM_TYPE).serializer(JSON.stringify).send(problem);
}

/** Every error of every route ends here; nothing of it leaves the hub but what a Refusal says. */
export function installProblems(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const refusal = refusalOf(error);
    const isFault = refusal.code === 'internal' || refusal === DISK_TAKES_NOTHING;
    if (isFault) request.log.error({ err: error }, 'a request failed');
    if (error instanceof StoreUnavailable) request.log.warn({ err: error }, 'a request found no store');
    return sendProblem(request, reply, refusal);
  });
}

function refusalOf(error: FastifyError): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof StoreUnavailable)
    return new Refusal(
      'unavailable',
      'The store does not answer at the moment. What was asked may or may not have been done: look again, or ask again with the same Idempotency-Key.',
    );
  if (hasZodFastifySchemaValidationErrors(error)) return invalid(error.validationContext, error.validation);
  const known = FASTIFY_ERRORS[error.code];
  if (known) return new Refusal(...known);
  if (isDiskFault(error)) return DISK_TAKES_NOTHING;
  const isClientError = error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500;
  if (isClientError) return new Refusal('bad_request', 'The request cannot be read.');
  return new Refusal(
    'internal',
    'Something went wrong in the hub. Its log has the details under this request id.',
  );
}

const DISK_TAKES_NOTHING = new Refusal(
  'unavailable',
  'The hub could not write to its disk, so nothing was changed. Look whether it is full.',
);

/** SQLite's own numbers for a store that may not be written, a disk that fails, and one that is full. */
const DISK_FAULTS: ReadonlySet<number> = new Set([8, 10, 13]);

/** A transaction that met one of these was undone as a whole. */
function isDiskFault({ errcode }: Error & { errcode?: unknown }): boolean {
  // The lowest byte is the kind of the error; what is above it says more of the same.
  return typeof errcode === 'number' && DISK_FAULTS.has(errcode & 0xff);
}

type Issues = NonNullable<FastifyError['validation']>;

function invalid(context: string | undefined, issues: Issues): Refusal {
  const root = context === 'body' || context === undefined ? '' : `${CONTEXT_WORDS[context] ?? context}`;
  const errors: NonNullable<Problem['errors']> = issues.map((issue) => ({
    path: [root, ...issue.instancePath.split('/')].filter((part) => part !== '').join('.') || '(body)',
    message: issue.message ?? 'not valid',
  }));
  const detail = errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
  return new Refusal('invalid', detail, { errors });
}

const CONTEXT_WORDS: Record<string, string> = { params: 'path', querystring: 'query', headers: 'headers' };

/** What Fastify itself refuses, in our words. */
const FASTIFY_ERRORS: Partial<Record<string, ConstructorParameters<typeof Refusal>>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported_media_type', 'Send the body as application/json.'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['bad_request', 'The body is not JSON.'],
  FST_ERR_CTP_BODY_TOO_LARGE: ['too_large', 'The body may be at most 1 MiB.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['bad_request', 'The length of the body is not what its header says.'],
  FST_ERR_BAD_URL: ['invalid', 'The address holds bytes that are not UTF-8. Encode names as UTF-8.'],
  FST_ERR_NOT_FOUND: ['not_found', 'There is nothing at this address.'],
};
