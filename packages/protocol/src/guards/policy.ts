import { z } from 'zod';
import { ServerId, ServiceName, Timestamp } from '../text.ts';

const DAY_MS = 86_400_000;

/** Automation is never allowed for good: somebody has to want it again. */
export const LONGEST_AUTO_MS = 400 * DAY_MS;
export const SHORTEST_WAIT_MS = 10_000;
export const LONGEST_WAIT_MS = DAY_MS;
/** Long enough for systemd's own `Restart=` to have had its turn. */
export const USUAL_WAIT_MS = 30_000;

/** What actions of a policy are signed with: `policy:nightly`. No key can have such a name. */
export const POLICY_ACTOR = 'policy:';
export const policyActor = (name: string): string => POLICY_ACTOR + name;
export const isPolicyActor = (actor: string): boolean => actor.startsWith(POLICY_ACTOR);

/**
 * Who or what may approve.
 * `manual`: a person, whoever it is. `auto`: the policy itself, within its hours and until it expires.
 * `two_person`: a person who did not ask for it.
 */
export const PolicyMode = z.enum(['manual', 'auto', 'two_person']);
export type PolicyMode = z.infer<typeof PolicyMode>;

export const PolicyName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,49}$/,
    'Use 1 to 50 lower-case letters, digits and hyphens, starting with a letter or digit',
  );

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Use a time of day like 22:30');

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** The hours of each day in which a policy may approve. `to` before `from` goes over midnight. */
export const AllowedHours = z
  .strictObject({
    from: TimeOfDay,
    to: TimeOfDay,
    time_zone: z.string().max(64).refine(isTimeZone, 'Use the name of a time zone, like Europe/Berlin'),
  })
  .refine(({ from, to }) => from !== to, 'The hours must begin and end at different times');
export type AllowedHours = z.infer<typeof AllowedHours>;

/** What a person says of a policy; its name is in the address. */
export const PolicyWish = z
  .strictObject({
    /** `null`: the whole fleet. */
    server_id: ServerId.nullable().default(null),
    /** `null`: every service of the server. */
    service_name: ServiceName.nullable().default(null),
    mode: PolicyMode,
    expires_at: Timestamp.nullable().default(null),
    hours: AllowedHours.nullable().default(null),
    /** It only writes down what it would do. */
    shadow: z.boolean().default(false),
    /** It asks for a restart by itself when a service is down. */
    remediate: z.boolean().default(false),
    /** How long the service must have been down before it asks. */
    wait_ms: z.int().min(SHORTEST_WAIT_MS).max(LONGEST_WAIT_MS).default(USUAL_WAIT_MS),
  })
  .check(({ value, issues }) => {
    const wrong = (path: string, message: string) =>
      void issues.push({ code: 'custom', message, path: [path], input: value });
    const isAuto = value.mode === 'auto';
    if (value.service_name !== null && value.server_id === null)
      wrong('server_id', 'Say on which server the service is');
    if (isAuto && value.expires_at === null)
      wrong('expires_at', 'A policy that approves by itself needs an end, at most 400 days from now');
    if (value.server_id === null && (isAuto || value.remediate))
      wrong('server_id', 'A policy that does something by itself is for one server or one service');
    if (value.hours !== null && !isAuto) wrong('hours', 'Hours are for a policy that approves by itself');
    if (value.mode === 'two_person' && value.expires_at !== null)
      wrong('expires_at', 'A rule of two people has no end: somebody has to take it away');
    if (value.shadow && (value.mode === 'two_person' || !(isAuto || value.remediate)))
      wrong('shadow', 'Only a policy that does something by itself can run in shadow');
  });
export type PolicyWish = z.infer<typeof PolicyWish>;

export const Policy = z.object({
  name: PolicyName,
  server_id: ServerId.nullable(),
  service_name: ServiceName.nullable(),
  target: z.string().nullable(),
  mode: PolicyMode,
  expires_at: Timestamp.nullable(),
  /** Its end has passed: it does nothing any more. */
  expired: z.boolean(),
  hours: AllowedHours.nullable(),
  shadow: z.boolean(),
  remediate: z.boolean(),
  wait_ms: z.int(),
  changed_at: Timestamp,
  changed_by: z.string(),
  /** Something that it had done went wrong: it does nothing by itself until a person resumes it. */
  paused: z.object({ at: Timestamp, because: z.string() }).nullable(),
  /** The newest thing of note: what it would have done, or why it stopped. */
  noted: z.object({ at: Timestamp, note: z.string() }).nullable(),
});
export type Policy = z.infer<typeof Policy>;

/** What holds for one service now. */
export const EffectivePolicy = z.object({
  mode: PolicyMode,
  /** The policy that says so; `null` where there is none and the default holds. */
  policy: Policy.nullable(),
  /** A sentence: why this and not another. */
  why: z.string(),
  /** A policy in shadow that would hold if it were not. */
  shadow: Policy.nullable(),
});
export type EffectivePolicy = z.infer<typeof EffectivePolicy>;

/** Whether automation as a whole holds still. */
export const Automation = z.object({
  halted: z.object({ since: Timestamp, because: z.string() }).nullable(),
});
export type Automation = z.infer<typeof Automation>;
