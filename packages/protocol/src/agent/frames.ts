import { z } from 'zod';
import { Order, OrderResult, OrderStep } from '../actions/order.ts';
import { AuditHead, HeldHead, MAX_HEADS } from '../audit.ts';
import { MetricSample } from '../metrics/sample.ts';
import { Probe } from '../probe.ts';
import { ServerFacts } from '../server.ts';
import { ServiceReport, ServiceUsage } from '../service.ts';
import { capped, OrderId, ServerId, Timestamp } from '../text.ts';
import { FRAME_VERSION, VersionRange } from './versions.ts';

/**
 * The frames between an agent and the hub: JSON texts over one WebSocket at `AGENT_LINK_PATH`.
 * The agent speaks first. Each frame carries the version `v` of this vocabulary; keys that it does not know are an error.
 * Only `hello` and `goodbye` are as they are in every version, and keys that are new in them are passed over: by these two
 * frames sides of different versions tell each other so. What is signed, and over what, is in `link/`.
 */
export const AGENT_LINK_PATH = '/agent/v1/link';
/** A frame before `welcome` is at most this long. */
export const MAX_HELLO_BYTES = 64 * 1024;
export const MAX_FRAME_BYTES = 1024 * 1024;

const frame = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.strictObject({ v: z.literal(FRAME_VERSION), type: z.literal(type), ...shape });

/** 32 bytes in base64url, in the one way in which they can be written. */
const Bytes32 = z.string().regex(/^[\w-]{42}[AEIMQUYcgkosw048]$/, 'Not 32 bytes in base64url');
/** An Ed25519 signature: 64 bytes. */
const Signature = z.string().regex(/^[\w-]{85}[AQgw]$/, 'Not 64 bytes in base64url');

/** First frame: who says to be there, and nothing that anybody could use. `nonce` is new in each connection. */
export const HelloFrame = z.object({
  v: z.int().positive(),
  type: z.literal('hello'),
  versions: VersionRange,
  public_key: Bytes32,
  nonce: Bytes32,
});
export type HelloFrame = z.infer<typeof HelloFrame>;
/** Second frame, after the hub has proved itself. `token` proves that the agent holds an enrolment token, which it never shows. */
export const ProofFrame = frame('proof', {
  signature: Signature,
  token: z.strictObject({ public_key: Bytes32, signature: Signature }).nullable(),
  facts: ServerFacts,
});
export type ProofFrame = z.infer<typeof ProofFrame>;
export const FactsFrame = frame('facts', { facts: ServerFacts });
export const MetricsFrame = frame('metrics', {
  sample: MetricSample,
  services: z.array(ServiceUsage).max(2000),
});
/** So many minutes does one batch hold at most. */
export const MAX_SPOOLED = 60;
/**
 * Readings of a time in which the agent had no hub, the oldest batch first: means of minutes, each of so many samples. Sent on `query_spool`, and after
 * each `spool_ack` the next, until there are none.
 */
export const SpooledFrame = frame('spooled', {
  batch: z.int().nonnegative(),
  /** When this is sent, by the agent's clock. */
  told_at: Timestamp,
  readings: z
    .array(z.strictObject({ at: Timestamp, samples: z.int().positive(), sample: MetricSample }))
    .max(MAX_SPOOLED),
});
export type SpooledFrame = z.infer<typeof SpooledFrame>;
/** Reports of services. `complete`: these are all; a service that is not among them is gone. */
export const ServicesFrame = frame('services', {
  complete: z.boolean(),
  reports: z.array(ServiceReport).max(2000),
});
export const OrderProgressFrame = frame('order_progress', {
  order_id: OrderId,
  step: OrderStep,
  elapsed_ms: z.number().nonnegative(),
  detail: capped(500),
});
/** Sent until the hub acknowledges it. */
export const OrderResultFrame = frame('order_result', { order_id: OrderId, result: OrderResult });

/**
 * The agent has made itself a new key, as the hub has asked, and it is on its disk: the key that it had signs for it, and the new one
 * shows that the agent holds it. Said again on each asking, until `key_taken`.
 */
export const NewKeyFrame = frame('new_key', {
  public_key: Bytes32,
  /** By the key by which the hub knows this agent. */
  signature: Signature,
  /** By the new one. */
  own_signature: Signature,
});
export type NewKeyFrame = z.infer<typeof NewKeyFrame>;

/** The heads of the audit that this agent keeps, the newest first; `total` is how many there are. */
export const HeadsFrame = frame('heads', {
  query_id: z.int().nonnegative(),
  total: z.int().nonnegative(),
  heads: z.array(HeldHead).max(MAX_HEADS),
});

export const AgentFrame = z.discriminatedUnion('type', [
  HelloFrame,
  ProofFrame,
  FactsFrame,
  MetricsFrame,
  SpooledFrame,
  ServicesFrame,
  OrderProgressFrame,
  OrderResultFrame,
  NewKeyFrame,
  HeadsFrame,
]);
export type AgentFrame = z.infer<typeof AgentFrame>;

/** A unit that someone expects on this server; it is looked up by name even when systemd has not loaded it. */
export const ExpectedUnit = z.strictObject({ unit: capped(255), probe: Probe.nullable() });
export type ExpectedUnit = z.infer<typeof ExpectedUnit>;
const ExpectedUnits = z.array(ExpectedUnit).max(2000);

/** A key that the hub had, and what it signed: that the next one is the hub's in its place. */
export const SuccessionLink = z.strictObject({ public_key: Bytes32, signature: Signature });
export type SuccessionLink = z.infer<typeof SuccessionLink>;
/** So many changes of the hub's key can an agent have missed and still find its hub. */
export const MAX_SUCCESSION = 16;

/** The hub's answer to `hello`: who it is, and the proof of it. `succession`: the keys before this one, the oldest first. */
export const ChallengeFrame = frame('challenge', {
  public_key: Bytes32,
  nonce: Bytes32,
  signature: Signature,
  succession: z.array(SuccessionLink).max(MAX_SUCCESSION),
});
export type ChallengeFrame = z.infer<typeof ChallengeFrame>;

/** What `welcome` and every frame after it carry, `beat` and `goodbye` apart: the frame's place, and the hub's signature. */
export const Seal = z.strictObject({ sequence: z.int().positive(), signature: Signature });
export type Seal = z.infer<typeof Seal>;

/** The agent is known. */
export const WelcomeFrame = frame('welcome', {
  server_id: ServerId,
  expected: ExpectedUnits,
  /** The hub sends `beat` at least this often; silence for three times as long means that the link is dead. */
  beat_ms: z.int().positive(),
});
export const BeatFrame = frame('beat', {});
export const ExpectedFrame = frame('expected', { expected: ExpectedUnits });
/**
 * `audit` is the newest entry of the hub's audit when the order was sent; the request and the approval are before it. An
 * agent that keeps no heads (`keeps_audit_heads` of its facts) would refuse the key, so its orders come without.
 */
export const OrderFrame = frame('order', { order: Order, audit: AuditHead.optional() });
/** What became of these orders? The agent answers each with a progress or a result, fencing what it has never seen. */
export const QueryFrame = frame('query', { order_ids: z.array(OrderId).max(1000) });
/** Which heads of the audit do you keep? Answered by one `heads` with the same `query_id`. */
export const QueryHeadsFrame = frame('query_heads', {
  query_id: z.int().nonnegative(),
  limit: z.int().min(1).max(MAX_HEADS),
});
/** What did you read while you had no hub? Sent to agents that keep it (`spools_readings` of their facts); others would refuse the frame. */
export const QuerySpoolFrame = frame('query_spool', {});
/** The batch is in the store: it may be removed, and the next one told. */
export const SpoolAckFrame = frame('spool_ack', { batch: z.int().nonnegative() });
/** Make a new key, and tell it in `new_key`. */
export const RenewKeyFrame = frame('renew_key', {});
/** From now on the agent is known by this key, and by no other. */
export const KeyTakenFrame = frame('key_taken', { public_key: Bytes32 });
export const ResultAckFrame = frame('result_ack', { order_id: OrderId });
export const GoodbyeCode = z.enum([
  'not_enrolled',
  'bad_proof',
  'bad_frame',
  'superseded',
  'server_deleted',
  'hub_stopping',
  'unsupported_version',
]);
export type GoodbyeCode = z.infer<typeof GoodbyeCode>;
/** The hub will not go on, and why; it closes the link after this. `v` is one that the agent reads. */
export const GoodbyeFrame = z.object({
  v: z.int().positive(),
  type: z.literal('goodbye'),
  code: capped(64),
  detail: capped(500),
});

export const HubFrame = z.discriminatedUnion('type', [
  ChallengeFrame,
  WelcomeFrame,
  BeatFrame,
  ExpectedFrame,
  OrderFrame,
  QueryFrame,
  QueryHeadsFrame,
  QuerySpoolFrame,
  SpoolAckFrame,
  RenewKeyFrame,
  KeyTakenFrame,
  ResultAckFrame,
  GoodbyeFrame,
]);
export type HubFrame = z.infer<typeof HubFrame>;

/** Frames that change nothing but whether there is a link, or that come before there is one. */
const UNSEALED: ReadonlySet<unknown> = new Set<HubFrame['type']>(['challenge', 'beat', 'goodbye']);

/** Whether a frame of the hub of this type is done only with its seal; of a type that is not known, too. */
export const isSealed = (type: unknown): boolean => !UNSEALED.has(type);
