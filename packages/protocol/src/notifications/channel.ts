import { z } from 'zod';
import { AlertKind, AlertSeverity } from '../alerts/alert.ts';
import { AllowedHours } from '../guards/policy.ts';
import { visible } from '../display/visible-text.ts';
import { ServerId, Timestamp } from '../text.ts';

/** The ways in which somebody can be told; each is one file of the hub. */
export const ChannelKindId = z.enum([
  'ntfy',
  'gotify',
  'discord',
  'slack',
  'telegram',
  'email',
  'webhook',
  'event_webhook',
]);
export type ChannelKindId = z.infer<typeof ChannelKindId>;

/** One thing that has to be filled in, described so that a form can be made of it. */
export const ChannelField = z.object({
  name: z.string(),
  label: z.string(),
  /** A sentence below the field; `null` where the label says all. */
  help: z.string().nullable(),
  /** A `secret` is written and never read again. */
  type: z.enum(['text', 'long_text', 'url', 'secret', 'secret_url', 'number', 'choice']),
  required: z.boolean(),
  /** Of a `choice`; otherwise empty. */
  choices: z.array(z.object({ value: z.string(), label: z.string() })),
  /** What holds where nothing is filled in. */
  by_default: z.union([z.string(), z.number()]).nullable(),
  placeholder: z.string().nullable(),
});
export type ChannelField = z.infer<typeof ChannelField>;

export const ChannelKind = z.object({
  kind: ChannelKindId,
  title: z.string(),
  summary: z.string(),
  /** `events`: it is sent every event that fits, and neither routing nor quiet hours are for it. */
  tells: z.enum(['alerts', 'events']),
  fields: z.array(ChannelField),
});
export type ChannelKind = z.infer<typeof ChannelKind>;

/** Which alerts a channel is told of. An empty list leaves nothing out. */
export const Routing = z.strictObject({
  severities: z.array(AlertSeverity).max(3).default([]),
  kinds: z.array(AlertKind).max(50).default([]),
  /** Of these servers, and of those with one of the tags. */
  server_ids: z.array(ServerId).max(500).default([]),
  tags: z.array(z.string().trim().min(1).max(100)).max(100).default([]),
});
export type Routing = z.infer<typeof Routing>;

/** When nothing is sent. What still holds when they end is then told in one message. */
export const QuietHours = z.strictObject({
  hours: AllowedHours,
  /** Critical alerts are told at any hour. */
  critical_passes: z.boolean().default(true),
});
export type QuietHours = z.infer<typeof QuietHours>;

const SettingValue = z.union([z.string().max(10_000), z.number()]).nullable();

/** A name in which nothing is hidden. */
export const PlainName = z
  .string()
  .trim()
  .min(1, 'Give it a name')
  .max(60)
  .refine((name) => visible(name) === name, 'A name holds no characters that cannot be seen');

/** What a person says of a channel. */
export const ChannelWish = z.strictObject({
  name: PlainName,
  kind: ChannelKindId,
  enabled: z.boolean().default(true),
  /** By the names of the fields of its kind. A secret that is left out stays as it is, and `null` takes it away. */
  settings: z
    .record(z.string().max(50), SettingValue)
    .refine((given) => Object.keys(given).length <= 30, 'These are too many settings')
    .default({}),
  routing: Routing.default({ severities: [], kinds: [], server_ids: [], tags: [] }),
  quiet_hours: QuietHours.nullable().default(null),
});
export type ChannelWish = z.infer<typeof ChannelWish>;

/** How it went lately. */
export const ChannelHealth = z.object({
  /** `failing`: the newest try was none that arrived. */
  state: z.enum(['unused', 'well', 'failing']),
  last_delivered_at: Timestamp.nullable(),
  last_failed_at: Timestamp.nullable(),
  /** A sentence: why the newest try that failed did. */
  last_failure: z.string().nullable(),
  /** Tries that failed since the last that arrived. */
  failures: z.int().nonnegative(),
  /** What is yet to be sent, and what quiet hours hold back. */
  waiting: z.int().nonnegative(),
  held: z.int().nonnegative(),
});
export type ChannelHealth = z.infer<typeof ChannelHealth>;

export const Channel = z.object({
  channel_id: z.string(),
  name: z.string(),
  kind: ChannelKindId,
  enabled: z.boolean(),
  /** Without the secrets. */
  settings: z.record(z.string(), SettingValue),
  /** The names of the secrets that are set. */
  secrets: z.array(z.string()),
  routing: Routing,
  quiet_hours: QuietHours.nullable(),
  health: ChannelHealth,
  created_at: Timestamp,
  created_by: z.string(),
  changed_at: Timestamp,
  changed_by: z.string(),
});
export type Channel = z.infer<typeof Channel>;

/** What the receiver said to a message that was sent to try it. */
export const ChannelTest = z.object({
  delivered: z.boolean(),
  /** A sentence. */
  outcome: z.string(),
  /** The receiver's own words, as far as there are any: a stranger's text. */
  said: z.string().max(2000).nullable(),
  took_ms: z.int().nonnegative(),
});
export type ChannelTest = z.infer<typeof ChannelTest>;
