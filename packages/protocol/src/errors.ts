import { z } from 'zod';

/** Every way in which the hub says no, with its status and title. A test keeps `docs/errors.md` equal to this. */
export const PROBLEMS = {
  bad_request: { status: 400, title: 'The request cannot be read' },
  unauthenticated: { status: 401, title: 'Sign in first' },
  totp_required: { status: 401, title: 'A code is needed' },
  proof_required: { status: 403, title: 'Prove that it is you' },
  seal_required: { status: 403, title: 'A passkey has to sign this' },
  forbidden: { status: 403, title: 'Not allowed' },
  not_found: { status: 404, title: 'Not found' },
  already_exists: { status: 409, title: 'It exists already' },
  action_open: { status: 409, title: 'An action for this service is open' },
  action_moved_on: { status: 409, title: 'The action has moved on' },
  alert_moved_on: { status: 409, title: 'The alert has moved on' },
  delivery_moved_on: { status: 409, title: 'The delivery has moved on' },
  digest_mismatch: { status: 409, title: 'This is not what was shown' },
  request_in_flight: { status: 409, title: 'The same request is under way' },
  last_admin: { status: 409, title: 'This is the last administrator' },
  quarantined: { status: 409, title: 'The server is in quarantine' },
  order_out: { status: 409, title: 'An order is out' },
  too_slow: { status: 408, title: 'The request took too long' },
  too_large: { status: 413, title: 'The request is too large' },
  unsupported_media_type: { status: 415, title: 'Send JSON' },
  invalid: { status: 422, title: 'Some values are not valid' },
  bad_seal: { status: 422, title: 'What was signed does not hold' },
  idempotency_key_reused: { status: 422, title: 'This key was used for something else' },
  too_many: { status: 429, title: 'Too many' },
  headers_too_large: { status: 431, title: 'The headers are too large' },
  use_https: { status: 426, title: 'This hub speaks https here' },
  internal: { status: 500, title: 'The hub made a mistake' },
  unavailable: { status: 503, title: 'The hub is not ready' },
} as const;
export type ProblemCode = keyof typeof PROBLEMS;

/** RFC 9457 problem details, with the members that the product adds. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  /** A sentence that a person can act on. */
  detail: z.string(),
  code: z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]),
  /** Quote it when you ask for help: the hub's log has the same. */
  request_id: z.string().optional(),
  /** Each value that was wrong: where, and why. */
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  /** How fresh a proof is needed, where one is. */
  proof: z.enum(['recent', 'fresh']).optional(),
  existing_action_id: z.int().optional(),
  action_status: z.string().optional(),
  retry_after_seconds: z.int().optional(),
});
export type Problem = z.infer<typeof Problem>;
