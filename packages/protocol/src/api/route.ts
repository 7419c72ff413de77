import type { z } from 'zod';
import type { ProblemCode } from '../errors.ts';

/** What a route takes and gives. The hub mounts it, the dashboard calls it, the OpenAPI document prints it. */
export interface RouteContract {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `API_BASE`, with `:name` for parameters. */
  readonly path: string;
  readonly summary: string;
  readonly tag:
    | 'session'
    | 'servers'
    | 'services'
    | 'actions'
    | 'guards'
    | 'metrics'
    | 'alerts'
    | 'notifications'
    | 'enrolment'
    | 'keys'
    | 'people'
    | 'audit'
    | 'hub';
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly status: 200 | 201 | 204;
  readonly response: z.ZodType;
  /** The answer is a file of one of these types, and not JSON of `response`. */
  readonly file?: readonly string[];
  /** With an `Idempotency-Key` it is done once, however often it is sent. */
  readonly once?: true;
  /** The problems that this route can answer, beside those that any route can. */
  readonly problems: readonly ProblemCode[];
}

/** Names one wish: sent again with the same key, it is answered again and not done again. */
export const IDEMPOTENCY_HEADER = 'idempotency-key';

export const API_BASE = '/api/v1';

/** Keeps the literal types of a contract. */
export const route = <const R extends RouteContract>(contract: R): R => contract;

type Parsed<T> = T extends z.ZodType ? z.output<T> : undefined;
type Given<T> = T extends z.ZodType ? z.input<T> : undefined;
type Field<R, K extends string> = K extends keyof R ? R[K] : undefined;

export type ParamsOf<R extends RouteContract> = Parsed<Field<R, 'params'>>;
export type QueryOf<R extends RouteContract> = Parsed<Field<R, 'query'>>;
export type QueryInputOf<R extends RouteContract> = Given<Field<R, 'query'>>;
export type BodyOf<R extends RouteContract> = Parsed<Field<R, 'body'>>;
export type BodyInputOf<R extends RouteContract> = Given<Field<R, 'body'>>;
export type ResponseOf<R extends RouteContract> = z.output<R['response']>;
