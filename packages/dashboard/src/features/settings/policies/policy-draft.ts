import type { Policy, PolicyMode } from '@homelabcmd/protocol';
import type { PolicyWish } from '../../../api/guards/policies.ts';

const DAY_MS = 86_400_000;

/** A policy while it is typed: everything as the fields have it. */
export interface Draft {
  readonly name: string;
  readonly serverId: string;
  readonly serviceName: string;
  readonly mode: PolicyMode;
  /** Days from now; `keep` leaves the end as it is. */
  readonly days: string;
  readonly hasHours: boolean;
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
  readonly shadow: boolean;
  readonly remediate: boolean;
  readonly waitS: string;
}

export function draftOf(policy: Policy | null): Draft {
  const ownZone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const hours = policy?.hours ?? null;
  return {
    name: policy?.name ?? '',
    serverId: policy?.server_id ?? '',
    serviceName: policy?.service_name ?? '',
    mode: policy?.mode ?? 'manual',
    days: policy !== null && policy.expires_at !== null && !policy.expired ? 'keep' : '30',
    hasHours: hours !== null,
    from: hours?.from ?? '22:00',
    to: hours?.to ?? '06:00',
    timeZone: hours?.time_zone ?? ownZone,
    shadow: policy?.shadow ?? false,
    remediate: policy?.remediate ?? false,
    waitS: String((policy?.wait_ms ?? 30_000) / 1000),
  };
}

/** What is sent. A field that does not go with the mode is left out, whatever was typed in it before. */
export function wishOf(draft: Draft, policy: Policy | null, nowMs: number): PolicyWish {
  const isAuto = draft.mode === 'auto';
  const server = draft.serverId === '' ? null : draft.serverId;
  const remediate = draft.remediate && server !== null;
  const service = draft.serviceName.trim();
  return {
    server_id: server,
    service_name: server === null || service === '' ? null : service,
    mode: draft.mode,
    expires_at: isAuto
      ? draft.days === 'keep'
        ? (policy?.expires_at ?? null)
        : new Date(nowMs + Number(draft.days) * DAY_MS).toISOString()
      : null,
    hours: isAuto && draft.hasHours ? { from: draft.from, to: draft.to, time_zone: draft.timeZone } : null,
    shadow: draft.shadow && draft.mode !== 'two_person' && (isAuto || remediate),
    remediate,
    ...(remediate ? { wait_ms: Math.round(Number(draft.waitS) * 1000) } : {}),
  };
}

/** What has to be put right before it can be sent, or `null`. */
export function missingIn(draft: Draft): string | null {
  if (!/^[a-z0-9][a-z0-9-]{0,49}$/.test(draft.name))
    return 'Give it a name of lower-case letters, digits and hyphens';
  if (draft.mode === 'auto' && draft.serverId === '')
    return 'What approves by itself is for one server or one service';
  const waitS = Number(draft.waitS);
  if (draft.remediate && !(waitS >= 10 && waitS <= 86_400)) return 'Wait between 10 s and a day';
  return null;
}
