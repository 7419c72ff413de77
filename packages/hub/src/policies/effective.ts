import type { AllowedHours, EffectivePolicy, Policy } from '@homelabcmd/protocol';

/** For whom, when, and what is there to choose from. */
export interface Scene {
  readonly policies: readonly Policy[];
  readonly serverId: string;
  readonly target: string;
  readonly nowMs: number;
  readonly isInMaintenance: boolean;
}

/** What a policy is about, as one text: no two real ones are about the same. */
export const scopeOf = (serverId: string | null, target: string | null): string => {
  if (serverId === null) return 'fleet';
  return target === null ? `server ${serverId}` : `service ${serverId} ${target}`;
};

/** Every scope that a service is in, the narrowest first. */
export const scopesAround = (serverId: string, target: string): string[] => [
  scopeOf(serverId, target),
  scopeOf(serverId, null),
  scopeOf(null, null),
];

const isOver = (policy: Policy, nowMs: number): boolean =>
  policy.expires_at !== null && Date.parse(policy.expires_at) <= nowMs;

/** The policy with the narrowest scope of those that have not expired. */
export function narrowest(
  policies: readonly Policy[],
  scopes: readonly string[],
  nowMs: number,
): Policy | null {
  for (const scope of scopes) {
    const found = policies.find(
      (policy) => scopeOf(policy.server_id, policy.target) === scope && !isOver(policy, nowMs),
    );
    if (found) return found;
  }
  return null;
}

/**
 * What holds for a service: the narrowest real policy, a person by default. A policy in shadow changes nothing of it. What
 * keeps `auto` from acting makes it `manual`; nothing but another policy takes a rule of two people away.
 */
export function effectiveOf(scene: Scene): EffectivePolicy {
  const scopes = scopesAround(scene.serverId, scene.target);
  const real = scene.policies.filter((policy) => !policy.shadow);
  const shadows = scene.policies.filter((policy) => policy.shadow);
  const policy = narrowest(real, scopes, scene.nowMs);
  return { ...holds(policy, scene), policy, shadow: narrowest(shadows, scopes, scene.nowMs) };
}

/** What would hold if the policy in shadow were a real one; `null` when a narrower one would win over it. */
export function asIfReal(shadow: Policy, scene: Scene): EffectivePolicy | null {
  const scope = scopeOf(shadow.server_id, shadow.target);
  const others = scene.policies.filter(
    (policy) => !policy.shadow && scopeOf(policy.server_id, policy.target) !== scope,
  );
  const real = { ...shadow, shadow: false };
  const effective = effectiveOf({ ...scene, policies: [...others, real] });
  return effective.policy === real ? effective : null;
}

function holds(policy: Policy | null, scene: Scene): Pick<EffectivePolicy, 'mode' | 'why'> {
  if (policy === null) return { mode: 'manual', why: 'There is no policy for it, so a person approves.' };
  const of = `The policy ${policy.name} of ${placeOf(policy)}`;
  switch (policy.mode) {
    case 'two_person':
      return { mode: 'two_person', why: `${of} says that whoever asks does not approve.` };
    case 'manual':
      return { mode: 'manual', why: `${of} says that a person approves.` };
    case 'auto': {
      const still = stillBecause(policy, scene);
      return still === null
        ? { mode: 'auto', why: `${of} approves by itself.` }
        : { mode: 'manual', why: `${of} would approve by itself, but ${still}. A person approves.` };
    }
  }
}

/** Why a policy does nothing by itself now, or `null`. */
export function stillBecause(policy: Policy, scene: Pick<Scene, 'nowMs' | 'isInMaintenance'>): string | null {
  if (scene.isInMaintenance) return 'the server is in maintenance';
  if (policy.paused !== null) return 'it has paused itself';
  if (policy.hours !== null && !isWithin(policy.hours, scene.nowMs)) return 'these are not its hours';
  return null;
}

const placeOf = ({ server_id, service_name }: Policy): string => {
  if (server_id === null) return 'the whole fleet';
  return service_name === null ? `the server ${server_id}` : 'this service';
};

/** Whether a moment lies within the hours of its day there. Where the clocks change, the clock on the wall counts. */
export function isWithin({ from, to, time_zone }: AllowedHours, nowMs: number): boolean {
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: time_zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const now = clock.format(nowMs);
  return from < to ? from <= now && now < to : from <= now || now < to;
}
