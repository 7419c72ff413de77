import { z } from 'zod';
import { capped, Timestamp } from './text.ts';

const timing = {
  interval_ms: z.int().min(1000).max(3_600_000).default(10_000),
  timeout_ms: z.int().min(100).max(60_000).default(5000),
  /** So many failures in a row mean that the service does not answer; one answer means that it does. */
  failures_before_down: z.int().min(1).max(100).default(3),
};

const isPlainHttpUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return ['http:', 'https:'].includes(protocol) && username === '' && password === '';
};

/** Asks for a page and looks at the answer; redirects are answers and are not followed. */
export const HttpProbe = z.strictObject({
  kind: z.literal('http'),
  url: z
    .string()
    .max(1000)
    .refine(isPlainHttpUrl, 'Use an http:// or https:// address without a name or password in it'),
  /** `null`: each status from 200 to 399 will do. */
  expect_status: z.int().min(100).max(599).nullable().default(null),
  /** A text that the first 64 KiB of the body must hold; `null`: the body does not matter. */
  expect_body: z.string().min(1).max(200).nullable().default(null),
  ...timing,
});

/** Opens a connection and closes it. */
export const TcpProbe = z.strictObject({
  kind: z.literal('tcp'),
  host: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]{1,255}$/, 'Use an address or a host name')
    .default('127.0.0.1'),
  port: z.int().min(1).max(65_535),
  ...timing,
});

/**
 * A question that the agent asks of a running service, on the server itself. Where it may be asked is the server's
 * own decision: loopback, and what root has listed there.
 */
export const Probe = z.discriminatedUnion('kind', [HttpProbe, TcpProbe]);
export type Probe = z.infer<typeof Probe>;

/**
 * What the agent makes of the answers.
 *
 *   waiting ──an answer──► answering ◄──an answer── not_answering
 *      └── failures_before_down in a row ──► not_answering ◄──┘
 *
 * `waiting`: the service has just started, or does not run, so nothing can be said. `not_allowed`: the server does not
 * allow this target; `detail` says what to do. A report changes only with the verdict or the detail, not with each answer.
 */
export const ProbeReport = z.object({
  verdict: z.enum(['waiting', 'answering', 'not_answering', 'not_allowed']),
  /** A sentence: what was wrong, or what answered. It never holds anything of the body. */
  detail: capped(500),
  /** When the verdict began, by the server's clock. */
  since: Timestamp.nullable(),
});
export type ProbeReport = z.infer<typeof ProbeReport>;
